using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>A request whose data set is needed whole before anything is done.</summary>
internal sealed class DataSetOperation(
    MessageLimits limits, bool runsBeside, Func<DicomDataset, Responder, CancellationToken, ValueTask> perform) : DimseOperation
{
    private readonly DataSetBuffer _dataSet = new(limits);

    public override bool RunsBeside => runsBeside;

    public override ValueTask WriteAsync(ReadOnlySequence<byte> piece)
    {
        _dataSet.Write(piece);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask PerformAsync(Responder responder, CancellationToken cancelled)
    {
        DicomDataset? dataSet;
        try
        {
            dataSet = responder.Request.HasDataSet ? _dataSet.Parse(responder.Context.TransferSyntax) : [];
        }
        catch (DicomFormatException fault)
        {
            await responder.AnswerAsync(DimseStatus.CannotUnderstand, fault.Message);
            return;
        }

        if (dataSet is null)
        {
            await responder.AnswerAsync(DimseStatus.ResourceLimitation, _dataSet.Trouble!);
            return;
        }

        try
        {
            await perform(dataSet, responder, cancelled);
        }
        catch (DimseRefusalException refusal)
        {
            await responder.AnswerAsync(refusal.Status, refusal.Message);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _dataSet.Dispose();
        return ValueTask.CompletedTask;
    }
}
