// Written by scripts/docs from schemas/; edit those.

/** One change of one item. */
export interface Entry {
  /** What happened to the item; SNAPSHOT is an item that a backfill has read. */
  eventName: "INSERT" | "MODIFY" | "REMOVE" | "SNAPSHOT";
  /** The item after the change; null where it is gone. */
  newImage: Image | null;
  /** The item before the change; null where there was none. */
  oldImage: Image | null;
  /** The stream's identity of the change. */
  eventID?: string;
  /** The item's key attributes. */
  keys?: Image;
  /** Its place in its shard. */
  sequenceNumber?: SequenceNumber;
  /** About when the change was made, in milliseconds since 1970. */
  time?: number | null;
  /** The region of the table. */
  region?: string;
  /** Who made the change, where the stream says so: deletes by TTL. */
  userIdentity?: { [name: string]: unknown };
}

/** A whole number as text; compare two of them as integers. */
export type SequenceNumber = string;

/** An item in DynamoDB JSON, or in plain JSON with publisher.plainImages. */
export type Image = DynamoDBImage | PlainImage;

export type DynamoDBImage = { [name: string]: AttributeValue };

export type PlainImage = { [name: string]: unknown };

/** One attribute with its type. */
export type AttributeValue = { S: string } | { N: string } | { B: string } | { BOOL: boolean } | { NULL: boolean } | { SS: string[] } | { NS: string[] } | { BS: string[] } | { L: AttributeValue[] } | { M: DynamoDBImage };

/** The body of a message with publisher.envelope = list. */
export type ListBody = Entry[];

/** The body of a message with publisher.envelope = cloudevents: a batch of CloudEvents 1.0 in JSON. */
export type CloudEventsBody = CloudEvent[];

/** A CloudEvent of one change. */
export interface CloudEvent {
  specversion: "1.0";
  /** The stream's identity of the change. */
  id: string;
  /** The table: aws:dynamodb: and its name. */
  source: string;
  type: "com.amazonaws.dynamodb.INSERT" | "com.amazonaws.dynamodb.MODIFY" | "com.amazonaws.dynamodb.REMOVE" | "com.amazonaws.dynamodb.SNAPSHOT";
  /** The item: its key attributes in DynamoDB JSON, as text. */
  subject?: string;
  /** About when the change was made. */
  time?: string;
  datacontenttype: "application/json";
  /** The change's place in its shard. */
  sequencenumber: SequenceNumber;
  data: Entry;
}

/** The body of a message with publisher.envelope = change. */
export type ChangeBody = Entry;

/** The message attributes of any form: String, Number and String.Array as text, number and list. */
export interface Attributes {
  /** The table's name. */
  table: string;
  /** The shard. */
  shardId: string;
  /** Where the message begins in its shard. */
  firstSequenceNumber?: SequenceNumber;
  /** Where it ends. */
  lastSequenceNumber?: SequenceNumber;
  /** Its changes. */
  recordCount?: number;
  /** Which events are in it. */
  eventNames?: string[];
  /** The change's place in its shard; of the form change only. */
  sequenceNumber?: SequenceNumber;
  /** What happened to the item; of the form change only. */
  eventName?: string;
  /** How many of its changes are deletes by TTL; with publisher.entryMetadata. */
  ttlDeletes?: "none" | "some" | "all";
  /** Whether the change was a dead letter. */
  redriven?: "true";
  /** The size in bytes of the body that lies in S3. */
  ExtendedPayloadSize?: number;
  /** The form and its version; a list without it. */
  envelope?: "cloudevents/1" | "change/1";
}
