package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An unlisted shard belongs to another stream if it is young. If it is old, it may have expired. */
class StreamShardsTest {

    private static final long OPENED = 1_795_449_234_772L;
    private static final String SHARD = "shardId-00000001795449234772-ca562a60";
    private static final long DAY = 24 * 60 * 60 * 1000L;

    @Test
    void aShardIsYoungForADay() {
        assertTrue(StreamShards.isYoung(SHARD, OPENED));
        assertTrue(StreamShards.isYoung(SHARD, OPENED + DAY - 1));
        assertFalse(StreamShards.isYoung(SHARD, OPENED + DAY));
    }

    @Test
    void whatIsNoShardOfAStreamIsNotYoung() {
        assertFalse(StreamShards.isYoung("shardId-1", OPENED));
        assertFalse(StreamShards.isYoung(null, OPENED));
    }

    @Test
    void onlyAYoungShardThatIsNotListedIsForeign() {
        var other = SHARD.replace("ca562a60", "11111111");

        assertEquals(Set.of(), StreamShards.foreign(List.of(SHARD), Set.of(SHARD), OPENED));
        assertEquals(Set.of(other), StreamShards.foreign(List.of(SHARD, other), Set.of(SHARD), OPENED));
        assertEquals(Set.of(), StreamShards.foreign(List.of(SHARD, other), Set.of(SHARD), OPENED + DAY));
    }
}
