// Of a report (`dtr run --json`, on standard input) what is the same in every run: the verdict, what became of each
// requirement, and which readings the server showed. Numbers of rounds, times and addresses are left out.

import { json } from 'node:stream/consumers';

const { draft, verdict, checks, readings, baseline } = await json(process.stdin);

const withVerdict = (wanted) => checks.filter((check) => check.verdict === wanted).map((check) => check.id);
const verdicts = [...new Set(checks.map((check) => check.verdict))].sort();
const observed = Object.entries(readings).map(([question, { observed }]) => [question, observed.join('')]);

console.log(JSON.stringify({
  draft,
  verdict,
  checks: Object.fromEntries(verdicts.map((each) => [each, withVerdict(each)])),
  readings: Object.fromEntries(observed),
  known: baseline?.known.map(({ check, reason }) => ({ check, reason })),
}, null, 1));
