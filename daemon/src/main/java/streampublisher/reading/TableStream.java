package streampublisher.reading;

import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.StreamSpecification;

/** Looks up the enabled stream of a table. */
public final class TableStream implements Supplier<String> {

    private final DynamoDbAsyncClient tables;
    private final String table;

    public TableStream(DynamoDbAsyncClient tables, String table) {
        this.tables = tables;
        this.table = table;
    }

    /**
     * Returns the stream's ARN, or null if the table has none.
     *
     * @throws java.util.concurrent.CompletionException when DescribeTable fails
     */
    @Override
    public String get() {
        var described = tables.describeTable(request -> request.tableName(table)).join().table();
        return isEnabled(described.streamSpecification()) ? described.latestStreamArn() : null;
    }

    private static boolean isEnabled(StreamSpecification specification) {
        return specification != null && Boolean.TRUE.equals(specification.streamEnabled());
    }
}
