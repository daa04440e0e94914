package streampublisher.reading;

import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsClientRecord;
import com.amazonaws.services.dynamodbv2.streamsadapter.adapter.DynamoDBStreamsGetRecordsResponseAdapter;
import java.util.List;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * The records of one read, kept as the JSON that record processors get.
 *
 * <p>The adapter also keeps the SDK's objects, which need several times the memory. It writes the JSON
 * again at each request for the records, and KCL requests them four times.
 */
final class Page extends DynamoDBStreamsGetRecordsResponseAdapter {

    private final List<KinesisClientRecord> records;

    Page(GetRecordsResponse response) {
        super(response.toBuilder().records(List.of()).build());
        records = response.records().stream().map(Page::withoutSdkObject).toList();
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

    private static KinesisClientRecord withoutSdkObject(Record record) {
        var whole = DynamoDBStreamsClientRecord.fromRecord(record);
        return KinesisClientRecord.builder()
                .sequenceNumber(whole.sequenceNumber())
                .approximateArrivalTimestamp(whole.approximateArrivalTimestamp())
                .data(UserIdentity.put(whole.data(), record.userIdentity()))
                .partitionKey(whole.partitionKey())
                .encryptionType(whole.encryptionType())
                .subSequenceNumber(whole.subSequenceNumber())
                .build();
    }
}
