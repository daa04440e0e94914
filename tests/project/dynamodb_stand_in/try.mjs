// Kills the page's subscriber at both sides of its one step, and delivers the message again.

import { DynamoDBClient, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { receive } from "./receive.mjs";

const body = JSON.stringify([{ eventID: "a" }, { eventID: "b" }]);
const writeOf = (change) => ({ name: change.eventID });

async function killed(moment) {
  const dynamodb = new DynamoDBClient();
  let calls = 0;
  dynamodb[moment] = async () => {
    calls += 1;
    if (calls === 2) throw new Error("killed");
  };
  await receive(body, dynamodb, writeOf).catch(() => {});
  await receive(body, dynamodb, writeOf);
  return dynamodb.applied;
}

async function throttled() {
  const dynamodb = new DynamoDBClient();
  dynamodb.before = async () => {
    throw new TransactionCanceledException(["ThrottlingError", "None"]);
  };
  const thrown = await receive(body, dynamodb, writeOf).catch((error) => error);
  return thrown.CancellationReasons[0].Code;
}

console.log(
  JSON.stringify({
    "killed before": await killed("before"),
    "killed after": await killed("after"),
    throttled: await throttled(),
  }),
);
