package streampublisher.leases;

import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.exceptions.DependencyException;
import software.amazon.kinesis.leases.exceptions.ProvisionedThroughputException;
import streampublisher.telemetry.Events;

/**
 * The creation of the lease table and of its index, with KCL's own calls. Ten workers may make them at once.
 *
 * <p>The index of a large table may take an hour to become active. No lease can be found without it, so a worker
 * waits for it and says so.
 */
final class TableCreation {

    private static final long POLL_SECONDS = 1;
    private static final long PATIENCE_SECONDS = TimeUnit.MINUTES.toSeconds(1);

    private final LeaseRefresher leases;
    private final String name;

    /** @param name the lease table's name */
    TableCreation(LeaseRefresher leases, String name) {
        this.leases = leases;
        this.name = name;
    }

    /** Returns once table and index are there and active. What is missing is created. */
    void complete() throws DependencyException, ProvisionedThroughputException {
        leases.createLeaseTableIfNotExists();
        while (!leases.waitUntilLeaseTableExists(POLL_SECONDS, PATIENCE_SECONDS)) {
            warn("The lease table");
        }
        createIndex();
        while (!leases.waitUntilLeaseOwnerToLeaseKeyIndexExists(POLL_SECONDS, PATIENCE_SECONDS)) {
            warn("The index of the lease table");
            // It may have been another change of the table that kept the index from being created.
            createIndex();
        }
    }

    private void warn(String what) {
        Events.warn("lease_table_awaited", "{} {} is not active yet; reading begins once it is", what, name);
    }

    private void createIndex() throws DependencyException {
        try {
            leases.createLeaseOwnerToLeaseKeyIndexIfNotExists();
        } catch (DependencyException refused) {
            if (!isChanging(refused.getCause())) {
                // Another worker may have created it since KCL looked. Then this call finds it.
                leases.createLeaseOwnerToLeaseKeyIndexIfNotExists();
            }
        }
    }

    /** DynamoDB makes one change of a table at a time. */
    private static boolean isChanging(Throwable refusal) {
        return refusal instanceof ResourceInUseException || refusal instanceof LimitExceededException;
    }
}
