// The state of one deferral code (draft-ietf-oauth-deferred-token-response-01): what a poll, a decision and a
// cancellation make of it. Every transition is one synchronous step, so no other request comes in between; a database
// would need a transaction, or a compare-and-set, in its place.

import { randomBytes } from 'node:crypto';

/** Seconds since the Unix epoch. */
const now = () => Math.floor(Date.now() / 1000);

/** A token request that waits for a decision. */
export class Deferral {
  // 160 bits (Section 9.1).
  code = randomBytes(20).toString('base64url');
  #state = 'pending';
  #polled = -Infinity;

  /**
   * `request` is what Section 4.1 wants kept as it was: `clientId`, `scope`, `jkt` (the DPoP key that the code is bound to,
   * if any) and `notificationToken`. `lifetime` and `interval` are seconds.
   */
  constructor(request, { lifetime, interval }) {
    this.request = request;
    this.lifetime = lifetime;
    this.interval = interval;
    this.expires = now() + lifetime;
  }

  get #expired() {
    return now() >= this.expires;
  }

  /**
   * What a poll by the code's owner is told (Section 6.5.1): an error code, or `token`, once. The states that end a
   * request are told at any pace.
   */
  poll() {
    if (this.#state === 'redeemed') return 'invalid_grant';
    if (this.#state === 'refused') return 'access_denied';
    if (this.#expired) return 'expired_token';
    if (this.#state === 'approved') {
      this.#state = 'redeemed';
      return 'token';
    }
    const early = now() < this.#polled + this.interval;
    this.#polled = now();
    return early ? 'slow_down' : 'authorization_pending';
  }

  /** What the request asked for may no longer be had (Section 11.7): there was no token, and will be none. */
  lapse() {
    this.#state = 'refused';
  }

  /** Grants the request, or the part of it that `scope` is. False when there is nothing left to decide. */
  approve(scope = this.request.scope) {
    if (this.#state !== 'pending' || this.#expired) return false;
    this.request.scope = scope;
    this.#state = 'approved';
    return true;
  }

  /** Refuses it. False when there is nothing left to decide. */
  deny() {
    if (this.#state !== 'pending' || this.#expired) return false;
    this.#state = 'refused';
    return true;
  }

  /** Whether a cancellation would have an effect (Section 8.2): not after a token, a refusal or the end of the lifetime. */
  get cancellable() {
    return ['pending', 'approved'].includes(this.#state) && !this.#expired;
  }

  /** The client takes its request back, approved or not. */
  cancel() {
    if (this.cancellable) this.#state = 'refused';
  }
}
