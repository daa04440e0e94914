package streampublisher.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;
import software.amazon.awssdk.services.dynamodb.model.ListStreamsRequest;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;

/** Which ARN the requests to DynamoDB Local have. */
class ServiceArnInterceptorTest {

    private static final String LOCAL =
            "arn:aws:dynamodb:ddblocal:000000000000:table/orders/stream/2024-01-31T12:30:00.123";
    private static final StreamArn STREAM = StreamArn.parse(LOCAL, Region.EU_CENTRAL_1);

    private final ServiceArnInterceptor interceptor = new ServiceArnInterceptor(STREAM);

    @Test
    void describeStreamCarriesTheArnOfTheService() {
        var request = DescribeStreamRequest.builder()
                .streamArn(STREAM.adapter())
                .exclusiveStartShardId("shardId-1")
                .limit(7)
                .build();

        assertEquals(request.toBuilder().streamArn(LOCAL).build(), modified(request));
    }

    @Test
    void getShardIteratorCarriesTheArnOfTheService() {
        var request = GetShardIteratorRequest.builder()
                .streamArn(STREAM.adapter())
                .shardId("shardId-1")
                .shardIteratorType(ShardIteratorType.AFTER_SEQUENCE_NUMBER)
                .sequenceNumber("42")
                .build();

        assertEquals(request.toBuilder().streamArn(LOCAL).build(), modified(request));
    }

    @Test
    void theArnOfAnotherStreamStays() {
        var other = STREAM.adapter().replace("orders", "invoices");
        var describe = DescribeStreamRequest.builder().streamArn(other).build();
        var iterator = GetShardIteratorRequest.builder().streamArn(other).build();

        assertEquals(describe, modified(describe));
        assertEquals(iterator, modified(iterator));
    }

    @Test
    void otherRequestsAreUntouched() {
        var records = GetRecordsRequest.builder().shardIterator(STREAM.adapter()).build();
        var list = ListStreamsRequest.builder().exclusiveStartStreamArn(STREAM.adapter()).build();

        assertSame(records, modified(records));
        assertSame(list, modified(list));
    }

    private SdkRequest modified(SdkRequest request) {
        return interceptor.modifyRequest(() -> request, new ExecutionAttributes());
    }
}
