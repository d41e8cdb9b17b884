// Of a report (`dtr run --json`, on standard input) what is the same in every run: the verdict, what became of each
// requirement, which readings the server showed, and the kinds of failure. Numbers of rounds, times and addresses are left
// out, and the steps that lead to a failure, for several are as short.

import { json } from 'node:stream/consumers';

const { draft, verdict, checks, readings, failures } = await json(process.stdin);

const withVerdict = (wanted) => checks.filter((check) => check.verdict === wanted).map((check) => check.id);
const verdicts = [...new Set(checks.map((check) => check.verdict))].sort();
const observed = Object.entries(readings).map(([question, { observed }]) => [question, observed.join('')]);
const told = failures.map(({ requirements, detail }) => `${requirements.join(', ')}: ${detail}`);

console.log(JSON.stringify({
  draft,
  verdict,
  checks: Object.fromEntries(verdicts.map((each) => [each, withVerdict(each)])),
  readings: Object.fromEntries(observed),
  failures: [...new Set(told)].sort(),
}, null, 1));
