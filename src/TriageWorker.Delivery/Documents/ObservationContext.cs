using TriageWorker.Dicom.StructuredReporting;

namespace TriageWorker.Delivery;

/// <summary>In which language, and that a device says it, and which (PS3.16, TID 1204, 1001, 1004).</summary>
internal static class ObservationContext
{
    internal static IEnumerable<ContentItem> Of(DeliveryOptions options, string serialNumber) =>
    [
        new CodeItem(Relationship.HasConceptModifier, Codes.Language, Codes.English),
        new CodeItem(Relationship.HasObservationContext, Codes.ObserverType, Codes.Device),
        new UidRefItem(Relationship.HasObservationContext, Codes.DeviceUid, DocumentUids.Device(serialNumber)),
        new TextItem(Relationship.HasObservationContext, Codes.DeviceName, options.CallingAe),
        new TextItem(Relationship.HasObservationContext, Codes.DeviceManufacturer, DocumentModules.Manufacturer),
        new TextItem(Relationship.HasObservationContext, Codes.DeviceModel, DocumentModules.Model),
        new TextItem(Relationship.HasObservationContext, Codes.DeviceSerial, serialNumber),
    ];
}
