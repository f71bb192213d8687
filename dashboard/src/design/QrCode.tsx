import qrcode from "qrcode-generator";
import styles from "./QrCode.module.css";

/** The light border that ISO/IEC 18004 asks for, in modules. */
const QUIET_ZONE = 4;

/** `text` as a QR code, drawn here: it may be a secret that is nobody else's business. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  const whole = size + 2 * QUIET_ZONE;
  let dark = "";
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (code.isDark(row, column)) dark += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${whole} ${whole}`} className={styles.code} shapeRendering="crispEdges">
      <rect width={whole} height={whole} fill="#fff" />
      <path d={dark} fill="#000" />
    </svg>
  );
}
