// Stands in for Roku's browser pixel, whose script cannot be loaded here: it fires at the emulator's own /pixel.
// In a real shop this file is Roku's tag, called with the same event_id.
window.rokuPixelStub = {
  fire({ url, eventGroupId }, { event_name, event_id, custom_data }) {
    const body = { event_group_id: eventGroupId, event_name, event_id, event_source_URL: location.origin + location.pathname, custom_data };
    return navigator.sendBeacon(url, JSON.stringify(body));
  },
};
