package streampublisher.reading;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.GetShardIteratorRequest;

/** Puts the ARN that the service knows into each request that has an ARN. */
final class ServiceArnInterceptor implements ExecutionInterceptor {

    private final StreamArn stream;

    ServiceArnInterceptor(StreamArn stream) {
        this.stream = stream;
    }

    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        var request = context.request();
        if (request instanceof DescribeStreamRequest describe) {
            return describe.toBuilder().streamArn(stream.toService(describe.streamArn())).build();
        }
        if (request instanceof GetShardIteratorRequest iterator) {
            return iterator.toBuilder().streamArn(stream.toService(iterator.streamArn())).build();
        }
        return request;
    }
}
