/** A dashboard's JSON file can be dropped anywhere on the page. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../elements/icon.tsx";
import { useOpenFile } from "./use-open-file.ts";

export function DropZone(): JSX.Element | null {
  const open = useOpenFile();
  const opener = useRef(open);
  opener.current = open;
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
    document.addEventListener(
      "dragover",
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    document.addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), { signal });
    document.addEventListener(
      "drop",
      (event) => {
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (!hasFiles(event) || file === undefined) return;
        event.preventDefault();
        void opener.current(file);
      },
      { signal },
    );
    return () => ended.abort();
  }, []);
  if (!isOver) return null;
  return (
    <div class="hw-drop" aria-hidden="true">
      <p>
        <Icon name="file" /> Drop a Grafana dashboard (JSON) to open it
      </p>
    </div>
  );
}
