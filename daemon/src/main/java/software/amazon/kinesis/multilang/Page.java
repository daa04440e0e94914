package software.amazon.kinesis.multilang;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * What a read gave, kept as the JSON that record processors get.
 *
 * <p>The adapter keeps the SDK's objects too, which weigh several times as much, and writes the JSON
 * anew whenever it is asked for the records: four times on a record's way.
 */
final class Page extends DynamoDBStreamsGetRecordsResponseAdapter {

    private final List<KinesisClientRecord> records;

    Page(GetRecordsResponse response) {
        super(response.toBuilder().records(List.of()).build());
        records = response.records().stream().map(Page::light).toList();
    }

    @Override
    public List<KinesisClientRecord> records() {
        return records;
    }

    @Override
    public Long millisBehindLatest() {
        if (records.isEmpty()) {
            return null;
        }
        var last = records.get(records.size() - 1).approximateArrivalTimestamp();
        return Math.max(0, System.currentTimeMillis() - last.toEpochMilli());
    }

    private static KinesisClientRecord light(Record record) {
        var whole = DynamoDBStreamsClientRecord.fromRecord(record);
        return KinesisClientRecord.builder()
                .sequenceNumber(whole.sequenceNumber())
                .approximateArrivalTimestamp(whole.approximateArrivalTimestamp())
                .data(whole.data())
                .partitionKey(whole.partitionKey())
                .encryptionType(whole.encryptionType())
                .subSequenceNumber(whole.subSequenceNumber())
                .build();
    }
}
