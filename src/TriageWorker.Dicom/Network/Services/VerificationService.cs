namespace TriageWorker.Dicom.Network;

/// <summary>C-ECHO (PS3.4, annex A). Every acceptor has it.</summary>
internal sealed class VerificationService : DimseService
{
    internal override bool Knows(string sopClass) => sopClass == DicomUid.Verification;

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.EchoRequest;

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) =>
        new(new RefusedOperation(command.HasDataSet ? DimseStatus.MistypedArgument : DimseStatus.Success));
}
