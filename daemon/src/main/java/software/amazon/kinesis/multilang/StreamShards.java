package software.amazon.kinesis.multilang;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.Shard;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/**
 * The shards that a stream has, and what can be said of one that it doesn't have.
 *
 * <p>The adapter takes a shard that the stream doesn't know for one that is read to its end. That is
 * right for a shard whose records have all expired, and would pass over every record of a shard that
 * belongs to another stream.
 */
final class StreamShards {

    /** A stream lists a shard for as long as it keeps the shard's records. */
    static final Duration KEPT = Duration.ofHours(24);

    /** The moment at which a shard was opened, in milliseconds, stands in its id. */
    private static final Pattern ID = Pattern.compile("shardId-(\\d{20})-.*");

    private StreamShards() {}

    /** Ids of all shards that the stream lists. */
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

    /** Those of some shards that are too young for a stream that doesn't list them to have dropped them. */
    static Set<String> foreign(Collection<String> shardIds, Set<String> listed, long nowMillis) {
        var foreign = new HashSet<>(shardIds);
        foreign.removeAll(listed);
        foreign.removeIf(shardId -> !isYoung(shardId, nowMillis));
        return foreign;
    }

    /** Whether a stream that has this shard still lists it. */
    static boolean isYoung(String shardId, long nowMillis) {
        var id = ID.matcher(shardId == null ? "" : shardId);
        return id.matches() && nowMillis - Long.parseLong(id.group(1)) < KEPT.toMillis();
    }
}
