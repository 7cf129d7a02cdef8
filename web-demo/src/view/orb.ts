import type { Mood } from '../presence.ts';
import { el } from './dom.ts';

interface Loudness {
  readonly microphone: number;
  readonly agent: number;
}

type Rgb = [number, number, number];

/** Frames a second: alive to the eye, light on the CPU that also carries the call. */
const FPS = 30;
const QUIET_FPS = 20;
const STILL_FPS = 8;
/** Voices below this move nothing. */
const QUIET_LEVEL = 0.05;
/** How much of a change shows in one frame. */
const EASE_COLOUR = 0.12;
const EASE_UP = 0.5;
const EASE_DOWN = 0.18;
const TAU = Math.PI * 2;

/** The agent as one sees it: colour says what it does, the body follows its voice, the ring follows yours. */
export class Orb {
  readonly element = el('canvas', { class: 'orb', 'aria-hidden': 'true' });
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)');
  #mood: Mood = 'idle';
  #target: Loudness = { microphone: 0, agent: 0 };
  #shown = { microphone: 0, agent: 0 };
  #colour: Rgb | undefined;
  #last = 0;
  #phase = 0;

  setMood(mood: Mood): void {
    this.#mood = mood;
    // A colour of its own, so that the browser settles light and dark.
    this.element.style.color = `var(--orb-${mood})`;
  }

  setLevels(levels: Loudness): void {
    this.#target = levels;
  }

  /** Draws from now on, while the page is seen. */
  run(): void {
    requestAnimationFrame((at) => this.#frame(at));
  }

  #frame(at: number): void {
    this.run();
    const still = this.#still.matches;
    if (at - this.#last < 1000 / this.#fps(still) - 4) return;
    const seconds = Math.min(0.1, (at - this.#last) / 1000);
    this.#last = at;
    if (!still) this.#phase += seconds * (this.#mood === 'thinking' ? 1.7 : this.#mood === 'idle' ? 0.5 : 1);
    this.#settle();
    this.#draw(still);
  }

  #fps(still: boolean): number {
    if (still) return STILL_FPS;
    const loud = Math.max(this.#target.microphone, this.#target.agent) > QUIET_LEVEL;
    return loud || this.#mood === 'thinking' ? FPS : QUIET_FPS;
  }

  #settle(): void {
    for (const side of ['microphone', 'agent'] as const) {
      const target = this.#mood === 'idle' || this.#mood === 'waiting' ? 0 : this.#target[side];
      const shown = this.#shown[side];
      this.#shown[side] = shown + (target - shown) * (target > shown ? EASE_UP : EASE_DOWN);
    }
    const wanted = getComputedStyle(this.element)
      .color.match(/[\d.]+/g)!
      .slice(0, 3)
      .map(Number) as Rgb;
    const now = this.#colour ?? wanted;
    this.#colour = now.map((value, i) => value + (wanted[i]! - value) * EASE_COLOUR) as Rgb;
  }

  #draw(still: boolean): void {
    const { clientWidth: size } = this.element;
    if (size === 0) return;
    const scale = Math.min(2, devicePixelRatio);
    if (this.element.width !== Math.round(size * scale)) {
      this.element.width = this.element.height = Math.round(size * scale);
    }
    const pen = this.element.getContext('2d')!;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, size, size);
    pen.translate(size / 2, size / 2);
    const radius = size * 0.27;
    this.#halo(pen, radius);
    this.#ring(pen, radius);
    if (this.#mood === 'thinking' || this.#mood === 'waiting') this.#comet(pen, radius * 1.36);
    this.#body(pen, radius, still);
  }

  #ink(alpha: number): string {
    const [r, g, b] = this.#colour!;
    return `rgb(${r.toFixed(0)} ${g.toFixed(0)} ${b.toFixed(0)} / ${alpha.toFixed(3)})`;
  }

  #halo(pen: CanvasRenderingContext2D, radius: number): void {
    const reach = radius * (1.62 + this.#shown.agent * 0.22);
    const glow = pen.createRadialGradient(0, 0, radius * 0.7, 0, 0, reach);
    glow.addColorStop(0, this.#ink(0.3 + this.#shown.agent * 0.15));
    glow.addColorStop(1, this.#ink(0));
    pen.fillStyle = glow;
    pen.beginPath();
    pen.arc(0, 0, reach, 0, TAU);
    pen.fill();
  }

  /** Your voice. */
  #ring(pen: CanvasRenderingContext2D, radius: number): void {
    const level = this.#shown.microphone;
    pen.strokeStyle = this.#ink(0.22 + level * 0.6);
    pen.lineWidth = 1.25 + level * 4;
    pen.beginPath();
    pen.arc(0, 0, radius * (1.36 + level * 0.2), 0, TAU);
    pen.stroke();
  }

  #comet(pen: CanvasRenderingContext2D, radius: number): void {
    const steps = 14;
    const head = this.#phase * 1.9;
    pen.lineWidth = 3;
    for (let i = 0; i < steps; i++) {
      pen.strokeStyle = this.#ink(0.85 * (1 - i / steps) ** 2);
      pen.beginPath();
      pen.arc(0, 0, radius, head - (i + 1) * 0.085, head - i * 0.085);
      pen.stroke();
    }
  }

  /** The agent's voice. */
  #body(pen: CanvasRenderingContext2D, radius: number, still: boolean): void {
    const level = this.#shown.agent;
    const breath = still ? 0 : Math.sin(this.#phase * 1.3) * 0.015;
    const swing = still ? level * 0.03 : 0.028 + level * 0.13 + (this.#mood === 'thinking' ? 0.02 : 0);
    for (const [layer, alpha] of [0.2, 0.32, 1].entries()) {
      const reach = radius * (1.1 - layer * 0.06 + breath + level * 0.07);
      this.#blob(pen, reach, swing * (1.25 - layer * 0.3), layer * 2.1);
      pen.fillStyle = layer < 2 ? this.#ink(alpha) : this.#shade(pen, radius);
      pen.fill();
    }
  }

  #shade(pen: CanvasRenderingContext2D, radius: number): CanvasGradient {
    const [r, g, b] = this.#colour!;
    const lit = (share: number) => [r, g, b].map((value) => Math.round(value + (255 - value) * share)).join(' ');
    const shade = pen.createRadialGradient(-radius * 0.4, -radius * 0.5, radius * 0.1, 0, 0, radius * 1.25);
    shade.addColorStop(0, `rgb(${lit(0.55)})`);
    shade.addColorStop(0.5, `rgb(${lit(0.14)})`);
    shade.addColorStop(1, this.#ink(1));
    return shade;
  }

  #blob(pen: CanvasRenderingContext2D, radius: number, swing: number, offset: number): void {
    const steps = 72;
    const t = this.#phase;
    pen.beginPath();
    for (let i = 0; i <= steps; i++) {
      const angle = (i / steps) * TAU;
      const wave =
        Math.sin(angle * 2 + t * 0.9 + offset) * 0.5 +
        Math.sin(angle * 3 - t * 1.3 + offset * 1.7) * 0.33 +
        Math.sin(angle * 5 + t * 1.9 + offset) * 0.17;
      const reach = radius * (1 + wave * swing);
      pen.lineTo(Math.cos(angle) * reach, Math.sin(angle) * reach);
    }
    pen.closePath();
  }
}
