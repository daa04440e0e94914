package streampublisher.telemetry;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Why a shard makes no progress.
 *
 * @param before the record that can't be published, as a sequence number; null where no single record is at fault
 * @param checkpoint the shard's last checkpoint; null before the first is known
 * @param reason what is wrong
 * @param fix what to do
 * @param failures how often it was tried since the last checkpoint
 * @param since when the first of these tries failed, in milliseconds since 1970
 * @param nextTry when the next try begins, in milliseconds since 1970
 * @param reported when the last try failed, in milliseconds since 1970
 */
public record Standstill(
        String before, String checkpoint, String reason, String fix, int failures, long since, long nextTry,
        long reported) {

    /** A standstill that nobody reports again is over after this time. Tries are at most a minute apart. */
    static final long LASTS_MILLIS = 180_000;

    /** The same, with what the record processor tells of it. */
    Standstill explained(JsonNode report) {
        return new Standstill(
                report.path("sequenceNumber").textValue(),
                checkpoint,
                report.path("reason").asText(),
                report.path("fix").asText(),
                failures,
                since,
                nextTry,
                reported);
    }

    boolean lasts(long now) {
        return now - reported <= LASTS_MILLIS;
    }

    /** The rest of a sentence that begins with the shard's id. */
    String describe(long now) {
        var where = before != null ? "before " + before : "after " + checkpoint;
        var next = nextTry > now ? "next try in " + (nextTry - now + 999) / 1000 + " s" : "the next try is under way";
        return "stopped " + where + ": " + reason + "; " + failures + (failures == 1 ? " failure; " : " failures; ")
                + next + (fix.isEmpty() ? "" : "; " + fix);
    }
}
