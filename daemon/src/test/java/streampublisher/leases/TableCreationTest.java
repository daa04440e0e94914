package streampublisher.leases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import streampublisher.testing.LoggedEvents;

/** The lease table and its index, made by several workers at once and slow to become active. */
class TableCreationTest {

    private static final String INDEX = "createLeaseOwnerToLeaseKeyIndexIfNotExists";

    private final List<String> calls = new ArrayList<>();
    private final Deque<Throwable> refusals = new ArrayDeque<>();
    private final TableCreation creation =
            new TableCreation(Fakes.of(LeaseRefresher.class, this::refresh), "orders-publisher");
    private int minutesOfTable;
    private int minutesOfIndex;
    private LoggedEvents logged;

    @BeforeEach
    void listen() {
        logged = new LoggedEvents();
    }

    @AfterEach
    void stopListening() {
        logged.close();
    }

    @Test
    void tableAndIndexAreMadeOneAfterTheOther() throws Exception {
        creation.complete();

        assertEquals(
                List.of(
                        "createLeaseTableIfNotExists",
                        "waitUntilLeaseTableExists",
                        INDEX,
                        "waitUntilLeaseOwnerToLeaseKeyIndexExists"),
                calls);
        assertEquals(List.of(), logged.messages());
    }

    /** DynamoDB then says that the index is a duplicate. */
    @Test
    void anIndexThatAnotherWorkerHasJustMadeIsFound() throws Exception {
        refusals.add(DynamoDbException.builder().message("duplicate index").build());

        creation.complete();

        assertEquals(2, Collections.frequency(calls, INDEX));
    }

    @Test
    void anIndexThatAnotherWorkerIsMakingIsWaitedFor() throws Exception {
        for (var refusal : List.<Throwable>of(
                ResourceInUseException.builder().build(),
                LimitExceededException.builder().build())) {
            calls.clear();
            refusals.add(refusal);

            creation.complete();

            assertEquals(1, Collections.frequency(calls, INDEX));
        }
    }

    @Test
    void aMissingPermissionEndsTheStart() {
        var denied = DynamoDbException.builder().message("not authorized").build();
        refusals.addAll(List.of(denied, denied));

        assertEquals(denied, assertThrows(DependencyException.class, creation::complete).getCause());
    }

    @Test
    void theStartWaitsForASlowIndexAndSaysSoEachMinute() throws Exception {
        minutesOfIndex = 3;

        creation.complete();

        assertEquals(List.of("WARN", "WARN", "WARN"), logged.levels());
        assertEquals(
                "The index of the lease table orders-publisher is not active yet; reading begins once it is",
                logged.messages().get(2));
    }

    @Test
    void theStartWaitsForASlowTableAndSaysSoEachMinute() throws Exception {
        minutesOfTable = 1;

        creation.complete();

        assertEquals(
                List.of("The lease table orders-publisher is not active yet; reading begins once it is"),
                logged.messages());
    }

    /** Another change of the table, which was under way, may have kept the index from being created. */
    @Test
    void anIndexThatDoesNotComeIsAskedForAgain() throws Exception {
        refusals.add(ResourceInUseException.builder().build());
        minutesOfIndex = 1;

        creation.complete();

        assertEquals(2, Collections.frequency(calls, INDEX));
    }

    private Object refresh(Object self, Method method, Object[] arguments) throws Throwable {
        calls.add(method.getName());
        return switch (method.getName()) {
            case "createLeaseTableIfNotExists" -> true;
            case "waitUntilLeaseTableExists" -> minutesOfTable-- <= 0;
            case "waitUntilLeaseOwnerToLeaseKeyIndexExists" -> minutesOfIndex-- <= 0;
            case INDEX -> create();
            default -> throw new UnsupportedOperationException(method.getName());
        };
    }

    private String create() throws DependencyException {
        if (!refusals.isEmpty()) {
            throw new DependencyException(refusals.remove());
        }
        return "CREATING";
    }
}
