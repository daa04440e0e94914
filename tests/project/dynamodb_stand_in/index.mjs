// A stand-in for the SDK: a table of marks, and how often each change was applied.

export class TransactionCanceledException extends Error {
  constructor(reasons) {
    super("Transaction cancelled");
    this.CancellationReasons = reasons.map((code) => ({ Code: code }));
  }
}

export class TransactWriteItemsCommand {
  constructor(input) {
    this.input = input;
  }
}

export class DynamoDBClient {
  seen = new Set();
  applied = {};
  before = async () => {};
  after = async () => {};

  async send(command) {
    const [{ Put: mark }, write] = command.input.TransactItems;
    await this.before();
    const id = mark.Item.eventID.S;
    if (this.seen.has(id) && mark.ConditionExpression === "attribute_not_exists(eventID)") {
      throw new TransactionCanceledException(["ConditionalCheckFailed", "None"]);
    }
    this.seen.add(id);
    this.applied[write.name] = (this.applied[write.name] ?? 0) + 1;
    await this.after();
  }
}
