# The servers and tools that tests talk to. Each is started by the tests themselves, on loopback, and ended by them.

. "$TRIAGE_ROOT/ops/setup/apt.sh"

ensure_peers() {
  install_packages "the tests' peers" \
    dcmtk `# storescu, storescp, dcm2json, dsrdump: the DICOM peers` \
    python3-pydicom `# reads our DICOM JSON, and we read its` \
    python3-numpy python3-scipy `# tensors by somebody else's arithmetic` \
    dicom3tools `# dciodvfy: validates what we write` \
    pixelmed-apps default-jre-headless `# checks our reports against DICOM's SR templates` \
    orthanc `# a PACS that receives results` \
    orthanc-dicomweb `# and asks for images over DICOMweb` \
    rabbitmq-server `# the production queue` \
    postgresql-15 `# the oldest database that production may run on` \
    chromium `# reads the worklist page` \
    libgdcm-cil `# decoders, which triage-codecs finds` \
    libgdcm-tools `# gdcmconv: writes JPEG 2000` \
    strace `# shows that the disk is synced before success is said`
}

# What only the long form of the tests talks to.
ensure_long_peers() {
  install_packages "the long tests' peers" \
    python3-torch `# Merlin at its full size by somebody else; writes checkpoints that we read`
}
