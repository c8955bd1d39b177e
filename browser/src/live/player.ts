/// What shows a stream. Two kinds take the same bytes: one shows them a tenth of a second after they came, the other
/// works wherever there is Media Source.
export interface Player {
  append(bytes: Uint8Array): void;
  stop(): void;
  /// From 0 to 1; `is_muted` counts beside it.
  set_sound(volume: number, is_muted: boolean): void;
  on_shown: () => void;
  on_fault: () => void;
  /// The browser wants the person to touch the page before it plays sound.
  on_silenced: () => void;
}
