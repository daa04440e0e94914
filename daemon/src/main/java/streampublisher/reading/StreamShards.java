package streampublisher.reading;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * The shards of a stream, and the meaning of a shard that it does not list.
 *
 * <p>The adapter treats a shard that the stream does not list as read to its end. That is right if all
 * of its records have expired. It is wrong if the shard belongs to another stream: all of its records
 * would be skipped.
 */
final class StreamShards {

    /** A stream lists a shard as long as it keeps the shard's records. */
    static final Duration KEPT = Duration.ofHours(24);

    /** A shard's id has the time at which the shard was opened, in milliseconds since 1970. */
    private static final Pattern ID = Pattern.compile("shardId-(\\d{20})-.*");

    private StreamShards() {}

    /** Returns the ids of all shards that the stream lists. */
    static Set<String> list(DynamoDbStreamsClient streams, String streamArn) {
        var ids = new HashSet<String>();
        String last = null;
        do {
            var after = last;
            var page = streams.describeStream(request -> request.streamArn(streamArn).exclusiveStartShardId(after))
                    .streamDescription();
            page.shards().stream().map(Shard::shardId).forEach(ids::add);
            last = page.lastEvaluatedShardId();
        } while (last != null);
        return ids;
    }

    /** Returns the shards that are not listed, although they are too young to have been dropped. */
    static Set<String> foreign(Collection<String> shardIds, Set<String> listed, long nowMillis) {
        var foreign = new HashSet<>(shardIds);
        foreign.removeAll(listed);
        foreign.removeIf(shardId -> !isYoung(shardId, nowMillis));
        return foreign;
    }

    /** Whether the shard's own stream must still list it. */
    static boolean isYoung(String shardId, long nowMillis) {
        var id = ID.matcher(shardId == null ? "" : shardId);
        return id.matches() && nowMillis - Long.parseLong(id.group(1)) < KEPT.toMillis();
    }
}
