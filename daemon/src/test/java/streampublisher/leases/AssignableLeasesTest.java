package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** Which leases a leader sees, and what it may do with them. */
class AssignableLeasesTest {

    private static final long FAILOVER_MILLIS = 10_000;

    private final List<Lease> stored = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private long now = -1;
    private long listingMillis;
    private final AssignableLeases leases =
            new AssignableLeases(Fakes.of(LeaseRefresher.class, this::refresh), FAILOVER_MILLIS, () -> now);

    @Test
    void aFinishedLeaseIsNotAssigned() throws Exception {
        stored.add(lease("shardId-1", null));
        stored.add(lease("shardId-2", null));
        stored.get(0).checkpoint(ExtendedSequenceNumber.SHARD_END);

        assertEquals(List.of("shardId-2"), listed());
    }

    @Test
    void aHandoverWhoseWorkerRenewsTheLeaseIsLeftAlone() throws Exception {
        stored.add(lease("shardId-1", "host-1"));
        for (var round = 0; round < 5; round++) {
            listed();
            pass(FAILOVER_MILLIS);
            stored.get(0).leaseCounter(stored.get(0).leaseCounter() + 1);
        }

        assertEquals(List.of(), calls);
    }

    @Test
    void aHandoverWhoseWorkerIsGoneIsCompleted() throws Exception {
        stored.add(lease("shardId-1", "host-1"));
        listed();
        pass(FAILOVER_MILLIS);
        listed();
        assertEquals(List.of(), calls);

        pass(1);
        listed();

        assertEquals(List.of("evictLease shardId-1"), calls);
    }

    @Test
    void aPauseOfTheLeaderWhileItListsTheLeasesEndsNoHandover() throws Exception {
        stored.add(lease("shardId-1", "host-1"));
        listed();
        listingMillis = 2 * FAILOVER_MILLIS;
        listed();

        assertEquals(List.of(), calls);
    }

    @Test
    void aHandoverThatBeginsAnewHasItsWholeTime() throws Exception {
        stored.add(lease("shardId-1", "host-1"));
        listed();
        stored.get(0).checkpointOwner(null);
        pass(FAILOVER_MILLIS);
        listed();
        stored.get(0).checkpointOwner("host-1");
        pass(FAILOVER_MILLIS);
        listed();

        assertEquals(List.of(), calls);
    }

    @Test
    void aLeaseWithOneOwnerIsLeftToKcl() throws Exception {
        stored.add(lease("shardId-1", null));
        listed();
        pass(10 * FAILOVER_MILLIS);
        listed();

        assertEquals(List.of(), calls);
    }

    @Test
    void nothingIsAssignedAfterAStop() throws Exception {
        var lease = lease("shardId-1", null);
        assertTrue(leases.refresher().assignLease(lease, "host-2"));
        assertTrue(leases.refresher().initiateGracefulLeaseHandoff(lease, "host-2"));

        leases.stop();

        assertFalse(leases.refresher().assignLease(lease, "host-2"));
        assertFalse(leases.refresher().initiateGracefulLeaseHandoff(lease, "host-2"));
        assertEquals(2, calls.size());
    }

    private List<String> listed() throws Exception {
        return leases.refresher().listLeasesParallely(null, 0).getKey().stream().map(Lease::leaseKey).toList();
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private Object refresh(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "listLeasesParallely" -> {
                pass(listingMillis);
                yield Map.entry(stored, List.of());
            }
            default -> calls.add(method.getName() + " " + ((Lease) arguments[0]).leaseKey());
        };
    }

    /** A lease that the holder hands over, where there is one. */
    private static Lease lease(String shardId, String holder) {
        var lease = new Lease();
        lease.leaseKey(shardId);
        lease.leaseCounter(7L);
        lease.leaseOwner("host-2");
        lease.checkpointOwner(holder);
        return lease;
    }
}
