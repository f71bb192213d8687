import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../design/Button";
import { Notice } from "../design/Notice";
import { strings } from "../i18n/strings";
import { canScan, scan, type CameraProblem } from "./camera";
import { deviceLabelOf } from "./device-label";
import styles from "./setup.module.css";

const text = strings.setup;

/** Whether a QR code can be read with this device's camera; not until that is known. */
function useCanScan(): boolean {
  const [can, setCan] = useState(false);
  useEffect(() => {
    let isGone = false;
    void canScan().then((found) => {
      if (!isGone) setCan(found);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return can;
}

/** Reads the QR code of a sensor's label by the camera, where the browser can. `onLabel` takes its text. */
export function Scanner({ onLabel }: { onLabel: (label: string) => void }) {
  const can = useCanScan();
  const [isOn, setOn] = useState(false);
  const [problem, setProblem] = useState<CameraProblem>();
  const [isRead, setRead] = useState(false);
  if (!can) return null;
  const stop = (): void => setOn(false);
  return (
    <div className={styles.scanner}>
      {isOn ? (
        <Camera
          onLabel={(label) => {
            stop();
            setRead(true);
            onLabel(label);
          }}
          onProblem={(problem) => {
            stop();
            setProblem(problem);
          }}
          onStop={stop}
        />
      ) : (
        <div>
          <Button
            onClick={() => {
              setProblem(undefined);
              setRead(false);
              setOn(true);
            }}
          >
            {text.scan}
          </Button>
        </div>
      )}
      {problem !== undefined && <Notice tone="watch">{text.camera[problem]}</Notice>}
      <p role="status">{isRead && text.scanned}</p>
    </div>
  );
}

interface CameraProps {
  readonly onLabel: (label: string) => void;
  readonly onProblem: (problem: CameraProblem) => void;
  readonly onStop: () => void;
}

function Camera({ onLabel, onProblem, onStop }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [isOther, setOther] = useState(false);
  const onCode = useEffectEvent((code: string) => {
    if (deviceLabelOf(code) === undefined) setOther(true);
    else onLabel(code.trim());
  });
  const onTrouble = useEffectEvent(onProblem);
  useEffect(() => {
    if (video.current === null) return;
    return scan({ video: video.current, onCode: (code) => onCode(code), onProblem: (problem) => onTrouble(problem) });
  }, []);
  return (
    <>
      <video ref={video} className={styles.video} muted playsInline aria-label={text.scanning} />
      <p role="status">{isOther ? text.notOfSensor : text.scanning}</p>
      <div>
        <Button onClick={onStop}>{text.stopScanning}</Button>
      </div>
    </>
  );
}
