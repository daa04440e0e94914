package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.amazonaws.services.dynamodbv2.streamsadapter.util.KinesisMapperUtil;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.StreamIdentifier;
import software.amazon.kinesis.exceptions.internal.KinesisClientLibIOException;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.ShardDetector;
import software.amazon.kinesis.metrics.NullMetricsScope;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** Where the reading of shards begins that have no lease yet, with LATEST as the initial position. */
class LaterShardsTest {

    private static final InitialPositionInStreamExtended LATEST =
            InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.LATEST);
    private static final String ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/label";
    private static final String EXPIRED = shardId(0);
    private static final String CHILD = shardId(1);
    private static final String GRANDCHILD = shardId(2);

    /** It opened long enough ago for the adapter to delete its lease. */
    private static final String OLD =
            "shardId-%020d-00000009".formatted(System.currentTimeMillis() - Duration.ofHours(7).toMillis());

    private final LaterShards shards = new LaterShards(stream(), true, null);
    private final List<Lease> stored = new ArrayList<>();
    private final Map<String, Set<String>> parents = new LinkedHashMap<>();
    private List<Shard> listed = List.of(shard(CHILD, EXPIRED, "9"), shard(GRANDCHILD, CHILD, null));

    @Test
    void theFirstLeasesBeginAtTheInitialPosition() throws Exception {
        assertEquals(Map.of(GRANDCHILD, "LATEST"), created());
    }

    @Test
    void aFirstStartThatIsUnderWayElsewhereIsCompletedAtTheInitialPosition() throws Exception {
        stored.add(unread(CHILD));
        listed = List.of(shard(CHILD, null, null), shard(GRANDCHILD, null, null));

        assertEquals(Map.of(GRANDCHILD, "LATEST"), created());
    }

    @Test
    void onceAWorkerHasHadALeaseNewShardsAreReadFromTheirBeginning() throws Exception {
        var lease = unread(CHILD);
        lease.leaseCounter(1L);
        stored.add(lease);
        listed = List.of(shard(CHILD, null, null), shard(GRANDCHILD, null, null));

        assertEquals(Map.of(GRANDCHILD, "TRIM_HORIZON"), created());
    }

    @Test
    void whatFollowsOnAnExpiredShardIsReadFromItsBeginning() throws Exception {
        stored.add(lease(EXPIRED));

        assertEquals(Map.of(CHILD, "TRIM_HORIZON", GRANDCHILD, "TRIM_HORIZON"), created());
    }

    /** It expired while no worker ran. Its own lease tells the gap, and what follows on it waits. */
    @Test
    void aShardThatNobodyEverSawGetsALeaseBehindThoseThatExpiredUnread() throws Exception {
        stored.add(lease(EXPIRED));
        listed = List.of(shard(GRANDCHILD, CHILD, null));

        assertEquals(Map.of(CHILD, "TRIM_HORIZON", GRANDCHILD, "TRIM_HORIZON"), created());
        assertEquals(List.of(CHILD, GRANDCHILD), List.copyOf(parents.keySet()));
        assertEquals(Map.of(CHILD, Set.of(EXPIRED), GRANDCHILD, Set.of(CHILD)), parents);
    }

    @Test
    void bothPartsOfASplitWaitForIt() throws Exception {
        stored.add(lease(EXPIRED));
        listed = List.of(shard(GRANDCHILD, CHILD, null), shard(shardId(3), CHILD, null));

        assertEquals(Set.of(CHILD, GRANDCHILD, shardId(3)), created().keySet());
        assertEquals(List.of(CHILD, GRANDCHILD, shardId(3)), List.copyOf(parents.keySet()));
    }

    /** Its parent was read to its end just before all workers stopped. */
    @Test
    void aShardThatNobodyEverSawWaitsForNoFinishedShard() throws Exception {
        var finished = lease(EXPIRED);
        finished.checkpoint(ExtendedSequenceNumber.SHARD_END);
        stored.add(finished);
        listed = List.of(shard(GRANDCHILD, CHILD, null));

        created();

        assertEquals(Map.of(CHILD, Set.of(), GRANDCHILD, Set.of(CHILD)), parents);
    }

    /** A first start is under way: what expired before it is no gap. */
    @Test
    void whereAllLeasesAreOfListedShardsNoLeaseIsAdded() throws Exception {
        stored.add(lease(OLD));
        listed = List.of(shard(GRANDCHILD, CHILD, null), shard(OLD, null, null));

        assertEquals(Map.of(GRANDCHILD, "TRIM_HORIZON"), created());
    }

    @Test
    void atAFirstStartNoLeaseIsAdded() throws Exception {
        listed = List.of(shard(GRANDCHILD, CHILD, null));

        assertEquals(Map.of(GRANDCHILD, "LATEST"), created());
    }

    /** With LATEST a first start passes over a closed shard that the stream still lists. */
    @Test
    void aListedParentGetsNoLeaseOfThisKind() throws Exception {
        stored.add(unread(EXPIRED));

        assertEquals(Map.of(GRANDCHILD, "LATEST"), created());
    }

    @Test
    void theLastShardOfADisabledStreamStopsNothing() throws Exception {
        var finished = lease(OLD);
        finished.checkpoint(ExtendedSequenceNumber.SHARD_END);
        stored.add(finished);
        listed = List.of(shard(OLD, null, null), shard(GRANDCHILD, null, null));

        assertEquals(Map.of(GRANDCHILD, "TRIM_HORIZON"), created());
    }

    @Test
    void aShardThatIsListedForLongerThanItsChildStopsNothing() throws Exception {
        var child = lease(OLD);
        child.parentShardIds(List.of(EXPIRED));
        stored.add(child);
        listed = List.of(shard(EXPIRED, null, "9"), shard(GRANDCHILD, null, null));

        assertEquals(Map.of(GRANDCHILD, "TRIM_HORIZON"), created());
    }

    @Test
    void aListOfShardsThatChangesMeanwhileIsReadAgain() {
        listed = List.of(shard(CHILD, null, null), shard(GRANDCHILD, CHILD, null));

        assertThrows(KinesisClientLibIOException.class, this::created);
    }

    private Map<String, String> created() throws Exception {
        var created = new TreeMap<String, String>();
        var leases = Fakes.of(LeaseRefresher.class, (self, method, arguments) -> switch (method.getName()) {
            case "getLeaseTableIdentifier" -> "orders-publisher";
            case "listLeases" -> stored;
            case "createLeaseIfNotExists" -> note(created, (Lease) arguments[0]);
            case "deleteLease" -> null;
            default -> throw new UnsupportedOperationException(method.getName());
        });
        shards.checkAndCreateLeaseForNewShards(
                Fakes.of(ShardDetector.class, this::detect),
                leases,
                LATEST,
                new NullMetricsScope(),
                false,
                stored.isEmpty());
        return created;
    }

    private Object detect(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "listShards" -> listed;
            case "streamIdentifier" -> StreamIdentifier.singleStreamInstance(stream());
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private boolean note(Map<String, String> created, Lease lease) {
        parents.put(lease.leaseKey(), lease.parentShardIds());
        created.put(lease.leaseKey(), lease.checkpoint().sequenceNumber());
        return true;
    }

    private static Lease unread(String shardId) {
        var lease = lease(shardId);
        lease.checkpoint(ExtendedSequenceNumber.LATEST);
        return lease;
    }

    private static Lease lease(String shardId) {
        var lease = new Lease();
        lease.leaseKey(shardId);
        lease.parentShardIds(List.of());
        lease.checkpoint(new ExtendedSequenceNumber("17"));
        return lease;
    }

    private static Shard shard(String shardId, String parent, String end) {
        return Shard.builder()
                .shardId(shardId)
                .parentShardId(parent)
                .hashKeyRange(range -> range.startingHashKey("0").endingHashKey("1"))
                .sequenceNumberRange(range -> range.startingSequenceNumber("1").endingSequenceNumber(end))
                .build();
    }

    private static String shardId(int number) {
        return "shardId-0000000179544923477" + number + "-0000000" + number;
    }

    /** The stream's name as KCL knows it. */
    private static String stream() {
        return KinesisMapperUtil.createKinesisStreamIdentifierFromDynamoDBStreamsArn(ARN, false);
    }
}
