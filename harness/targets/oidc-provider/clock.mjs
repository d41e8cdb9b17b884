// The test's clock. It stands still until told to advance, so that a test of lifetimes waits for nothing.
//
// oidc-provider and its in-memory adapter read the time with `Date.now()` only, so replacing it covers when codes, grants
// and tokens are issued, when they expire, and when the adapter forgets them. It does not cover timers (an outgoing
// request still has 2.5 real seconds) nor `new Date()`, which only the `Date` header field is made of.

let now = Math.floor(Date.now() / 1000) * 1000;

/** From here on the process goes by the test's clock. */
export function stopClock() {
  Date.now = () => now;
}

/** Lets whole `seconds` pass at once. */
export function advance(seconds) {
  now += seconds * 1000;
}
