using System.Net;
using Microsoft.Win32.SafeHandles;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>
/// Keeps objects as <c>storescp</c> does: each a Part 10 file of the bytes as received, written as they come, never synced. Without
/// a folder it keeps nothing, which shows how fast the senders are. All that the benchmark knows of the receiver's surface is here.
/// </summary>
public sealed class FolderStorage(string? folder) : IAssociationService
{
    public static DicomConnectionHandler Receiver(string? folder) => new(new DicomScpOptions(), new FolderStorage(folder), TimeProvider.System);

    public ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Admission>(new Admission.Accepted(new StorageService(new Session(folder))));

    public void Dismissed(EndPoint? remote, string because)
    {
    }

    private sealed class Session(string? folder) : IStorageSession
    {
        public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IIncomingObject>(folder is null ? new NoFile() : new NewFile(folder, head));

        public void Refused(StoreHead head, StoreVerdict verdict, string because) => Console.Error.WriteLine($"{head.SopInstanceUid} was refused: {because}");

        public ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class NewFile : IIncomingObject
    {
        private readonly SafeFileHandle _file;
        private long _length;

        public NewFile(string folder, StoreHead head)
        {
            _file = File.OpenHandle(Path.Combine(folder, head.SopInstanceUid), FileMode.CreateNew, FileAccess.Write);
            Write(Beginning(head));
        }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Write(bytes.Span); // to the page cache: no reason to leave the thread
            return ValueTask.CompletedTask;
        }

        public ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken) => ValueTask.FromResult(StoreVerdict.Stored);

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync()
        {
            _file.Dispose();
            return ValueTask.CompletedTask;
        }

        private void Write(ReadOnlySpan<byte> bytes)
        {
            RandomAccess.Write(_file, bytes, _length);
            _length += bytes.Length;
        }

        // A file without a data set is preamble, prefix and file meta.
        private static byte[] Beginning(StoreHead head)
        {
            var file = new DicomFile([], TransferSyntax.Of(head.TransferSyntax));
            file.Meta.Set(DicomTag.MediaStorageSOPClassUID, head.SopClassUid).Set(DicomTag.MediaStorageSOPInstanceUID, head.SopInstanceUid);
            var bytes = new MemoryStream();
            file.Write(bytes);
            return bytes.ToArray();
        }
    }

    private sealed class NoFile : IIncomingObject
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken) => ValueTask.FromResult(StoreVerdict.Stored);

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
