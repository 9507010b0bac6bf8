// The time that is shown: refreshed once a minute while somebody can see it.

class Clock {
  now = $state(Date.now());

  constructor() {
    const tick = () => document.visibilityState === 'visible' && this.tick();
    setInterval(tick, 60_000);
    document.addEventListener('visibilitychange', tick);
  }

  tick() {
    this.now = Date.now();
  }
}

export const clock = new Clock();
