package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseCoordinator;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.ShardInfo;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

/** How leases are given up, handed over and given back. */
class HeldLeasesTest {

    private static final String SHARD = "shardId-1";
    private static final String WORKER = "host-1";
    private static final UUID TOKEN = UUID.randomUUID();

    private final List<String> calls = new ArrayList<>();
    private final HeldLeases leases = new HeldLeases(Fakes.of(LeaseCoordinator.class, this::coordinate));
    private Lease stored;
    private Lease held = lease(WORKER);
    private Exception failure;

    @BeforeEach
    void store() {
        stored = lease(WORKER);
    }

    @Test
    void theLeaseIsFreeForEverybodyBeforeItIsForgottenHere() {
        leases.giveUp(SHARD);

        assertEquals(List.of("evict shardId-1", "drop shardId-1"), calls);
    }

    @Test
    void aLeaseThatAnotherWorkerHasTakenIsOnlyForgotten() {
        stored = lease("host-2");

        leases.giveUp(SHARD);

        assertEquals(List.of("drop shardId-1"), calls);
    }

    @Test
    void aLeaseThatIsHandedOverIsFreeForTheWorkerThatItIsAssignedTo() {
        stored = assignedToAnother();

        leases.giveUp(SHARD);

        assertEquals(List.of("evict shardId-1", "drop shardId-1"), calls);
    }

    @Test
    void aLeaseWithoutOwnerIsOnlyForgotten() {
        stored = lease(null);

        leases.giveUp(SHARD);

        assertEquals(List.of("drop shardId-1"), calls);
    }

    @Test
    void aLeaseThatIsNotThereIsOnlyForgotten() {
        stored = null;

        leases.giveUp(SHARD);

        assertEquals(List.of("drop shardId-1"), calls);
    }

    @Test
    void aLeaseIsForgottenWhenDynamoDbDoesNotAnswerToo() {
        failure = new DependencyException(new IllegalStateException("no"));

        leases.giveUp(SHARD);

        assertEquals(List.of("drop shardId-1"), calls);
    }

    @Test
    void aLeaseThatIsAssignedToAnotherWorkerIsHandedOver() {
        stored = assignedToAnother();
        held = assignedToAnother();

        leases.handOver(shard(TOKEN));

        assertEquals(List.of("evict shardId-1", "drop shardId-1"), calls);
    }

    @Test
    void aFinishedLeaseIsGivenUp() {
        held.checkpoint(ExtendedSequenceNumber.SHARD_END);

        leases.handOver(shard(TOKEN));

        assertEquals(List.of("evict shardId-1", "drop shardId-1"), calls);
    }

    @Test
    void aStopGivesNobodyAFinishedLease() throws Exception {
        stored.checkpoint(ExtendedSequenceNumber.SHARD_END);

        assertEquals(0, leases.giveBack(List.of("host-2"), Set.of()));

        assertEquals(List.of(), calls);
    }

    @Test
    void aLeaseThatIsNotAssignedToAnotherWorkerStays() {
        leases.handOver(shard(TOKEN));

        assertEquals(List.of(), calls);
    }

    @Test
    void aLeaseThatWasTakenAgainMeanwhileStays() {
        held = assignedToAnother();

        leases.handOver(shard(UUID.randomUUID()));

        assertEquals(List.of(), calls);
    }

    @Test
    void aLeaseThatIsLostAlreadyNeedsNothing() {
        held = null;

        leases.handOver(shard(TOKEN));

        assertEquals(List.of(), calls);
    }

    @Test
    void aLeaseIsGivenUpOnceTwoLooksFindItsShardUnread() {
        var unread = new UnreadLeases(leases, () -> Set.of(shard(TOKEN)));

        unread.look();
        assertEquals(List.of(), calls);
        unread.look();

        assertEquals(List.of("evict shardId-1", "drop shardId-1"), calls);
    }

    @Test
    void aLeaseThatIsTakenAgainMeanwhileIsNotUnread() {
        var unread = new UnreadLeases(leases, () -> Set.of(shard(UUID.randomUUID())));

        unread.look();
        unread.look();

        assertEquals(List.of(), calls);
    }

    @Test
    void aStopLeavesALeaseThatIsAssignedToThisWorkerToItsHolder() throws Exception {
        stored = lease(WORKER);
        stored.checkpointOwner("host-2");

        assertEquals(0, leases.giveBack(List.of("host-3"), Set.of()));

        assertEquals(List.of("assign shardId-1 to host-2"), calls);
    }

    @Test
    void aStopGivesALeaseToASuccessorOrToNobody() throws Exception {
        assertEquals(1, leases.giveBack(List.of("host-2", "host-3"), Set.of()));
        assertEquals(1, leases.giveBack(List.of(), Set.of()));

        assertEquals(List.of("assign shardId-1 to host-2", "evict shardId-1"), calls);
    }

    @Test
    void aStopLeavesTheLeaseOfAShardThatHasNotFinishedToTime() throws Exception {
        assertEquals(0, leases.giveBack(List.of("host-3"), Set.of(SHARD)));

        assertEquals(List.of(), calls);
    }

    @Test
    void aFailedShardsLeaseThatIsStillAnothersIsOnlyForgotten() {
        stored = lease(WORKER);
        stored.checkpointOwner("host-2");

        leases.giveUp(SHARD);

        assertEquals(List.of("drop shardId-1"), calls);
    }

    private Object coordinate(Object self, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "leaseRefresher" -> Fakes.of(LeaseRefresher.class, this::refresh);
            case "workerIdentifier" -> WORKER;
            case "getCurrentlyHeldLease" -> SHARD.equals(arguments[0]) ? held : null;
            case "dropLease" -> note("drop", (Lease) arguments[0]);
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private Object refresh(Object self, Method method, Object[] arguments) throws Exception {
        if (failure != null) {
            throw failure;
        }
        return switch (method.getName()) {
            case "getLease" -> SHARD.equals(arguments[0]) ? stored : null;
            case "listLeases" -> List.of(stored);
            case "evictLease" -> note("evict", (Lease) arguments[0]) == null;
            case "assignLease" -> calls.add("assign " + ((Lease) arguments[0]).leaseKey() + " to " + arguments[1]);
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private Object note(String verb, Lease lease) {
        calls.add(verb + " " + lease.leaseKey());
        return null;
    }

    private static ShardInfo shard(UUID token) {
        return new ShardInfo(SHARD, token.toString(), List.of(), ExtendedSequenceNumber.TRIM_HORIZON);
    }

    /** A lease that this worker holds and the leader has assigned to another one. */
    private static Lease assignedToAnother() {
        var lease = lease("host-2");
        lease.checkpointOwner(WORKER);
        return lease;
    }

    private static Lease lease(String owner) {
        var lease = new Lease();
        lease.leaseKey(SHARD);
        lease.concurrencyToken(TOKEN);
        lease.leaseOwner(owner);
        return lease;
    }
}
