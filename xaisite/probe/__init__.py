"""The probe room: external links, asked politely. `probe.probe_links`, `cache`, `findings.check_external`."""
