package software.amazon.kinesis.multilang;

import java.util.regex.Pattern;
import software.amazon.awssdk.regions.Region;

/**
 * The ARN of a DynamoDB stream, as the service names it and as the adapter takes it.
 *
 * <p>The two differ for DynamoDB Local only, whose ARNs carry the region {@code ddblocal}: the
 * adapter refuses regions that AWS doesn't have.
 *
 * @param service the ARN that the service knows
 * @param region a region that AWS has
 */
record StreamArn(String service, Region region) {

    private static final String LOCAL_REGION = "ddblocal";
    private static final Pattern FORM =
            Pattern.compile("(arn:[^:]+:dynamodb:)([^:]+)(:\\d{12}:table/([^/]+)/stream/.+)");

    /**
     * Reads an ARN.
     *
     * @param arn the ARN that the service knows
     * @param fallback the region to take where the ARN's own is not AWS's
     * @throws IllegalArgumentException when it is no ARN of a DynamoDB stream
     */
    static StreamArn parse(String arn, Region fallback) {
        var match = FORM.matcher(arn == null ? "" : arn);
        if (!match.matches()) {
            throw new IllegalArgumentException("streamName = '" + arn
                    + "' is not the ARN of a DynamoDB stream (arn:aws:dynamodb:REGION:ACCOUNT:table/TABLE/stream/LABEL)");
        }
        var named = match.group(2);
        return new StreamArn(arn, named.equals(LOCAL_REGION) ? fallback : Region.of(named));
    }

    /** The table's name; empty where the ARN is none of a DynamoDB stream. */
    static String table(String arn) {
        var match = FORM.matcher(arn == null ? "" : arn);
        return match.matches() ? match.group(4) : "";
    }

    /** Whether the stream is one of DynamoDB Local. */
    boolean isLocal() {
        return !service.equals(adapter());
    }

    /** The ARN that the adapter takes. */
    String adapter() {
        return FORM.matcher(service).replaceFirst("$1" + region.id() + "$3");
    }

    /** The ARN that the service knows, for one that the adapter uses. */
    String toService(String used) {
        return used != null && used.equals(adapter()) ? service : used;
    }
}
