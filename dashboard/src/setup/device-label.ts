/** What the label of a device says of it. */
export interface DeviceLabel {
  /** 16 upper-case hexadecimal digits. */
  readonly devEui: string;
  /** The join server that the device asks to be let in, where the label tells. */
  readonly joinEui?: string;
}

/** A LoRaWAN QR code: `LW:D0:JoinEUI:DevEUI:ProfileID:…` (LoRa Alliance TR005, version 1 of its format). */
const QR_CODE = /^LW:D0:([0-9A-F]{16}):([0-9A-F]{16}):/i;

/** What is typed from a label, or read from its QR code; nothing if it is neither. */
export function deviceLabelOf(text: string): DeviceLabel | undefined {
  const [, joinEui, devEui] = QR_CODE.exec(text.trim()) ?? [];
  if (joinEui !== undefined && devEui !== undefined) {
    return { devEui: devEui.toUpperCase(), joinEui: joinEui.toUpperCase() };
  }
  const digits = text.replace(/[\s:.-]/g, "").toUpperCase();
  return /^[0-9A-F]{16}$/.test(digits) ? { devEui: digits } : undefined;
}
