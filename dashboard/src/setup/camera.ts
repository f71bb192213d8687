/** Why there is no picture. */
export type CameraProblem = "refused" | "missing" | "busy";

/** A reader of codes, as far as it is used here: not every browser has one, and TypeScript knows none. */
interface CodeReader {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}

interface CodeReaderClass {
  new (options: { formats: readonly string[] }): CodeReader;
  getSupportedFormats(): Promise<readonly string[]>;
}

declare global {
  interface Window {
    /** https://developer.mozilla.org/docs/Web/API/BarcodeDetector */
    readonly BarcodeDetector?: CodeReaderClass;
  }
}

const FORMAT = "qr_code";
/** The picture is looked at this often: a hand does not move much faster. */
const LOOK_MS = 200;

/** Whether this browser reads QR codes from a camera. Where the page came without TLS there is none. */
export async function canScan(): Promise<boolean> {
  const reader = window.BarcodeDetector;
  if (reader === undefined || !("mediaDevices" in navigator)) return false;
  try {
    return (await reader.getSupportedFormats()).includes(FORMAT);
  } catch {
    return false;
  }
}

export interface ScanOptions {
  /** Where the picture is shown. */
  readonly video: HTMLVideoElement;
  /** Takes what a code says. */
  readonly onCode: (text: string) => void;
  readonly onProblem: (problem: CameraProblem) => void;
}

/** Looks for QR codes until it is stopped by what it gives back, which also lets go of the camera. */
export function scan({ video, onCode, onProblem }: ScanOptions): () => void {
  const Reader = window.BarcodeDetector;
  let stream: MediaStream | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;

  const release = (): void => {
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.srcObject = null;
  };

  const look = async (reader: CodeReader): Promise<void> => {
    // A picture that cannot be read is followed by another.
    const codes = await reader.detect(video).catch(() => []);
    for (const { rawValue } of codes) if (!isOver) onCode(rawValue);
    if (!isOver) timer = setTimeout(() => void look(reader), LOOK_MS);
  };

  const start = async (): Promise<void> => {
    if (Reader === undefined) return;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      // It may have been stopped while somebody was asked for permission.
      if (isOver) return release();
      video.srcObject = stream;
      await video.play();
    } catch (error) {
      release();
      if (!isOver) onProblem(problemOf(error));
      return;
    }
    if (!isOver) await look(new Reader({ formats: [FORMAT] }));
  };

  void start();
  return () => {
    isOver = true;
    clearTimeout(timer);
    release();
  };
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}
