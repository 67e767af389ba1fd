/** A box beside the pointer that says what is under it. */
import type uPlot from "uplot";

/** @param textAt what to say of a place in the plot, CSS pixels from its corner; nothing hides the box */
export function pointerTooltip(
  textAt: (plot: uPlot, place: { readonly offsetX: number; readonly offsetY: number }) => string | undefined,
): uPlot.Plugin {
  const box = document.createElement("div");
  box.className = "hw-chart-tooltip";
  box.hidden = true;
  return {
    hooks: {
      ready: (plot) => {
        document.body.append(box);
        plot.over.addEventListener("mouseleave", () => {
          box.hidden = true;
        });
        plot.over.addEventListener("mousemove", (event) => {
          const text = textAt(plot, event);
          box.hidden = text === undefined;
          if (text === undefined) return;
          box.style.whiteSpace = "pre-line";
          box.textContent = text;
          box.style.left = `${Math.max(4, Math.min(event.clientX + 14, innerWidth - box.offsetWidth - 4))}px`;
          box.style.top = `${Math.max(4, Math.min(event.clientY + 10, innerHeight - box.offsetHeight - 4))}px`;
        });
      },
      destroy: () => box.remove(),
    },
  };
}
