// The connection to the node: server-sent events, with a watch on their absence.

const silenceMilliseconds = 5000;
const retryMilliseconds = 2000;

/** Follows the node. Calls back with data; tells "live", "waiting" or "lost" and when the last data came. */
export function follow({ onSnapshot, onChange, onStream }) {
  let source = null;
  let lastData = null;
  let lastHeard = Date.now();

  function heard(event, take) {
    lastData = lastHeard = Date.now();
    take(JSON.parse(event.data));
    onStream("live", lastData);
  }

  function open() {
    source?.close();
    lastHeard = Date.now();
    source = new EventSource("/api/live");
    source.addEventListener("snapshot", (event) => heard(event, onSnapshot));
    source.addEventListener("change", (event) => heard(event, onChange));
    source.onerror = async () => {
      onStream(lastData ? "lost" : "waiting", lastData);
      // The browser tries again by itself, unless the answer was a refusal.
      if (source.readyState === EventSource.CLOSED) {
        if (await mustSignIn()) location.assign("/sign-in");
        else setTimeout(open, retryMilliseconds);
      }
    };
  }

  async function mustSignIn() {
    try {
      return (await fetch("/api/live/-", { cache: "no-store" })).status === 401;
    } catch {
      return false;
    }
  }

  setInterval(() => {
    if (lastData && Date.now() - lastHeard > silenceMilliseconds) {
      onStream("lost", lastData);
      open();
    }
  }, 1000);
  open();
}
