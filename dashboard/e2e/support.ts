/** A DevEUI that no other test has used. */
export function newDevEui(): string {
  return `A84041${crypto.randomUUID().replaceAll("-", "").slice(0, 10).toUpperCase()}`;
}

/** A frame of a Dragino LHT65N on port 2 whose DS18B20 probe measures `celsius`. */
export function lht65nFrame(celsius: number): Buffer {
  const frame = Buffer.alloc(11);
  frame.writeUInt16BE(0xcbf6, 0); // battery good, 3.062 V
  frame.writeInt16BE(Math.round(celsius * 100), 2); // the sensor in the housing
  frame.writeUInt16BE(552, 4); // 55.2 % relative humidity
  frame.writeUInt8(1, 6); // a DS18B20 is plugged in
  frame.writeInt16BE(Math.round(celsius * 100), 7); // the probe
  frame.writeUInt16BE(0x7fff, 9);
  return frame;
}

interface Destination {
  readonly url: string;
  readonly org: string;
  readonly ingestKey: string;
  readonly devEui: string;
}

let lastPosted = 0;

/**
 * Waits for the next second: instants are kept to the second, and a device does not send twice in one. Timers go by
 * another clock than dates do and may end some milliseconds before it is that late.
 */
async function nextSecond(): Promise<void> {
  const earliest = (Math.floor(lastPosted / 1000) + 1) * 1000;
  while (Date.now() < earliest) await new Promise((resolve) => setTimeout(resolve, earliest - Date.now()));
  lastPosted = Date.now();
}

/** Posts `frame` as The Things Stack v3 does. Uplinks are told apart by counter and time, so each call is a new one. */
export async function postUplink(to: Destination, frame: Buffer): Promise<void> {
  await nextSecond();
  const receivedAt = new Date(lastPosted).toISOString();
  const response = await fetch(`${to.url}/v1/orgs/${to.org}/ingest/things-stack`, {
    method: "POST",
    headers: { Authorization: `Bearer ${to.ingestKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({
      end_device_ids: {
        device_id: `eui-${to.devEui.toLowerCase()}`,
        application_ids: { application_id: "freshtrack" },
        dev_eui: to.devEui,
        dev_addr: "260B1234",
      },
      correlation_ids: [`as:up:${crypto.randomUUID()}`],
      received_at: receivedAt,
      uplink_message: {
        session_key_id: "AY0nYkKLk2oVhSx1u3Yl2w==",
        f_port: 2,
        f_cnt: Math.floor(Date.now() / 100) % 0xffffffff,
        frm_payload: frame.toString("base64"),
        rx_metadata: [{ gateway_ids: { gateway_id: "roof", eui: "A84041FFFF1E2D3C" }, rssi: -97, channel_rssi: -97, snr: 7.2 }],
        settings: {
          data_rate: { lora: { bandwidth: 125_000, spreading_factor: 7, coding_rate: "4/5" } },
          frequency: "868100000",
        },
        received_at: receivedAt,
        consumed_airtime: "0.061696s",
      },
    }),
  });
  if (!response.ok) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
}

/** A temperature as the page writes it. */
export function temperatureText(degrees: number): string {
  return degrees.toFixed(1).replace("-", "−");
}
