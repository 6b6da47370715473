// Runs test programs, two at once, and sums up. Usage: run-tests.mjs [--long] [--chaos] FILTER PROJECT…
// A program that crashes, hangs, or runs no test counts as failed: silence is never success.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { createWriteStream, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';

const options = process.argv.slice(2).filter(argument => ['--long', '--chaos'].includes(argument));
const [filter, ...projects] = process.argv.slice(2 + options.length);
const isLong = options.includes('--long') || process.env.TRIAGE_LONG === '1';
const isChaos = options.includes('--chaos') || process.env.TRIAGE_CHAOS === '1';
const limitMinutes = isLong ? 120 : isChaos ? 60 : 15;
const heartbeatSeconds = 30;
const results = 'artifacts/tests';
const lanes = 2; // most of a test program's time is waiting: for a server's start, a caller's pause, a kill
const longest = ['TriageWorker.EndToEnd', 'TriageWorker.Chaos']; // first, so that none runs alone at the end
const speaksSql = new Set(['TriageWorker.Store.Tests', 'TriageWorker.Bus.Tests']);
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = new Map();

mkdirSync(results, { recursive: true });
const began = Date.now();
const waiting = [...projects].sort((one, other) => longest.includes(other) - longest.includes(one)).flatMap(program => [
  [program, program],
  // What speaks SQL also runs on the oldest PostgreSQL that a site may have; the tests' own server is the newest.
  ...(speaksSql.has(program) ? [[`${program} (PostgreSQL 15)`, program, { TRIAGE_TEST_POSTGRES: '/usr/lib/postgresql/15' }]] : []),
]);
const running = new Map(); // project → its process and how many of its tests have ended
endingWith(running);
await Promise.all(Array.from({ length: lanes }, lane));
report();

async function lane() {
  for (let next = waiting.shift(); next; next = waiting.shift()) await run(...next);
}

async function run(project, name, environment = {}) {
  const program = `tests/${name}/bin/Release/net10.0/${name}`;
  const file = project.replace(/[^A-Za-z0-9.]+/g, '-');
  const ctrf = `${results}/${file}.json`;
  const output = createWriteStream(`${results}/${file}.log`);
  rmSync(ctrf, { force: true });
  const args = ['-reporter', 'json', '-noColor', '-noLogo', '-ctrf', ctrf, ...(filter ? ['-method', `*${filter}*`] : [])];
  const started = Date.now();
  const inFlight = new Map();
  const count = { passed: 0, failed: 0, skipped: 0 };
  let timedOut = false;

  const env = { ...process.env, TRIAGE_LONG: isLong ? '1' : '', TRIAGE_CHAOS: isChaos ? '1' : '', ...environment };
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env, detached: true }); // detached: a group of its own, to end it whole
  running.set(project, { child, count });
  const hang = setTimeout(() => { timedOut = true; end(child); }, limitMinutes * 60_000);
  const heartbeat = setInterval(() => say(`  … ${project}: ${sum(count)} so far, ${seconds(started)}; now ${[...inFlight.values()][0] ?? 'between tests'}`), heartbeatSeconds * 1000);
  child.stderr.on('data', data => output.write(data));
  createInterface({ input: child.stdout }).on('line', line => {
    const message = parse(line);
    if (!message) {
      output.write(`${line}\n`);
      if (isChaos && line.startsWith('# ')) say(`  ${line.slice(2)}`); // figures
      return;
    }
    switch (message.$type) {
      case 'test-starting': inFlight.set(message.TestUniqueID, message.TestDisplayName); break;
      case 'test-passed': count.passed++; break;
      case 'test-failed':
        count.failed++;
        say(`  ✗ ${inFlight.get(message.TestUniqueID)}\n${indent((message.Messages ?? []).join('\n'))}`);
        break;
      case 'test-skipped': count.skipped++; break;
      case 'test-finished': inFlight.delete(message.TestUniqueID); break;
      case 'error-message': say(`  ✗ ${project}\n${indent((message.Messages ?? []).join('\n'))}`); break;
    }
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K  ${[...running].map(([name, at]) => `${name}: ${sum(at.count)}`).join(' · ')}`);
  });
  const ended = await new Promise(resolve => {
    child.on('error', error => resolve(`could not be started: ${error.message}`));
    child.on('close', (code, signal) => resolve(signal ? `ended by ${signal}` : code));
  });
  running.delete(project);
  clearTimeout(hang);
  clearInterval(heartbeat);
  output.end();
  finish({ project, file, ctrf, ended, timedOut, count, unfinished: [...inFlight.values()], started });
}

// The totals come from the results file, which a program writes at its very end; without it the program did not reach its end.
function finish({ project, file, ctrf, ended, timedOut, count, unfinished, started }) {
  const tests = existsSync(ctrf) ? parse(readFileSync(ctrf, 'utf8'))?.results : undefined;
  const at = tests ? { passed: tests.summary.passed, failed: tests.summary.failed + tests.summary.other, skipped: tests.summary.skipped + tests.summary.pending } : count;
  for (const test of tests?.tests ?? []) {
    if (test.status === 'failed') failures.push({ name: test.name, text: [test.message, test.trace].filter(Boolean).join('\n') });
    if (test.status === 'skipped') skips.set(test.extra?.reason ?? 'no reason given', (skips.get(test.extra?.reason ?? 'no reason given') ?? 0) + 1);
  }
  const fault = timedOut ? `was ended: not finished after ${limitMinutes} minutes; running: ${unfinished.join(', ') || 'no test'}`
    : !tests ? `did not reach its end (${exit(ended)}); running: ${unfinished.join(', ') || 'no test'}`
    : ended !== 0 && at.failed === 0 ? `ran its tests but ended badly (${exit(ended)})`
    : sum(at) === 0 && !filter ? 'ran no test'
    : undefined;
  if (fault) {
    at.failed++;
    failures.push({ name: project, text: `The test program ${fault}. Its output: ${results}/${file}.log` });
    say(`  ✗ ${project} ${fault}`);
  }
  for (const kind of Object.keys(total)) total[kind] += at[kind];
  if (sum(at) > 0) say(`${at.failed ? '✗' : '✓'} ${project}: ${line(at)} (${seconds(started)})`);
}

function report() {
  if (failures.length) say(`\nFailures:`);
  for (const { name, text } of failures) say(`\n✗ ${name}\n${indent(text)}`);
  if (skips.size) say(`\nSkipped:`);
  for (const [reason, times] of skips) say(`  ${times} × ${reason}`);
  if (sum(total) === 0) say(`\nNo test ran${filter ? `: none has '${filter}' in its name` : ''}.`);
  say(`\n${seconds(began)}`);
  say(line(total));
  process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
}

function endingWith(children) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => {
    for (const { child } of children.values()) end(child);
    process.exit(130);
  });
}

function end(child) { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it ended by itself */ } }
function parse(text) { try { return JSON.parse(text); } catch { return undefined; } } // tests may print what is no message
function exit(code) { return typeof code === 'number' ? `exit code ${code}` : code; }
function sum(of) { return of.passed + of.failed + of.skipped; }
function line(of) { return `${of.passed} passed, ${of.failed} failed, ${of.skipped} skipped`; }
function seconds(since) { return `${((Date.now() - since) / 1000).toFixed(1)} s`; }
function indent(text) { return text.split(/\r?\n/).map(each => `      ${each}`).join('\n'); }
function say(text) { console.log(process.stdout.isTTY ? `\r\x1b[K${text}` : text); }
