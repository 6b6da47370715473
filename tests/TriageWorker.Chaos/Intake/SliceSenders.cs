using System.Threading.Channels;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Chaos;

/// <summary>What a sender is.</summary>
internal enum SenderKind
{
    /// <summary>The product's own user of C-STORE.</summary>
    Own,

    /// <summary>DCMTK's storescu.</summary>
    Dcmtk,

    /// <summary>A client of STOW-RS, one request a push.</summary>
    Stow,
}

/// <summary>Scanners that never give up: what no success came for is pushed again, now and then with all of its study, to whichever listener there is.</summary>
internal sealed class SliceSenders(SliceStudies studies, SendersLedger ledger, IReadOnlyList<MortalListener> listeners)
{
    private static readonly HttpClient s_http = new();
    private readonly Channel<int> _allowed = Channel.CreateUnbounded<int>();
    private volatile bool _isEnough;

    /// <summary>Lets so many studies more be pushed.</summary>
    public void Allow(int count)
    {
        for (var study = 0; study < count; study++) _allowed.Writer.TryWrite(study);
    }

    /// <summary>No more new studies; those that are begun are pushed to their end.</summary>
    public void Enough()
    {
        _isEnough = true;
        _allowed.Writer.TryComplete();
    }

    /// <param name="seed">One for each sender.</param>
    public async Task RunAsync(int seed, SenderKind kind, CancellationToken stop)
    {
        var dice = new Random(seed);
        await foreach (var _ in _allowed.Reader.ReadAllAsync(stop))
        {
            if (_isEnough) return;
            await PushAsync(dice, kind, stop);
        }
    }

    private async Task PushAsync(Random dice, SenderKind kind, CancellationToken stop)
    {
        var study = studies.Write();
        while (study.Where(slice => !ledger.IsAcknowledged(slice)).ToArray() is { Length: > 0 } left)
        {
            var listener = await AnyListenerAsync(dice, stop);
            IReadOnlyList<Slice> some = dice.Next(4) == 0 ? study : left;
            ledger.Pushing(some);
            var toldOff = ledger.Refused + ledger.Broken;
            await (kind switch
            {
                SenderKind.Dcmtk => StorescuAsync(listener.Port, some, stop),
                SenderKind.Stow => StowAsync(listener.WebPort, some, stop),
                _ => OwnAsync(listener.Port, some, stop),
            });
            // A scanner that is told to come back does not come back at once.
            if (ledger.Refused + ledger.Broken > toldOff) await Task.Delay(TimeSpan.FromMilliseconds(200), stop);
        }

        SliceStudies.Remove(study);
    }

    private async Task<MortalListener> AnyListenerAsync(Random dice, CancellationToken stop)
    {
        await Task.WhenAny(listeners.Select(listener => listener.ListeningAsync())).WaitAsync(stop);
        MortalListener[] alive = [.. listeners.Where(listener => listener.ListeningAsync().IsCompleted)];
        return alive.Length > 0 ? alive[dice.Next(alive.Length)] : listeners[0]; // it died just now, as it may at any time
    }

    private async Task OwnAsync(int port, IReadOnlyList<Slice> slices, CancellationToken stop)
    {
        var request = new AssociationRequest { Host = "127.0.0.1", Port = port, CalledAe = "TRIAGE", CallingAe = "OWN", Contexts = AssociationRequest.ForFiles(slices.Select(slice => slice.File)) };
        try
        {
            await using var association = await DicomAssociation.RequestAsync(request, stop);
            foreach (var slice in slices)
            {
                if ((await association.StoreAsync(slice.File, stop)).IsSuccess) ledger.Success(slice);
                else ledger.Refusal();
            }

            await association.ReleaseAsync(stop);
        }
        catch (DicomNetworkException broken) when (broken.IsRetryWorthwhile)
        {
            ledger.Break(); // killed, or told to come back
        }
    }

    private async Task StowAsync(int port, IReadOnlyList<Slice> slices, CancellationToken stop)
    {
        using var content = new ByteArrayContent(StowBody.Of(slices.Select(slice => File.ReadAllBytes(slice.File))));
        content.Headers.TryAddWithoutValidation("Content-Type", StowBody.Type);
        try
        {
            using var answer = await s_http.PostAsync(new Uri($"http://127.0.0.1:{port}/dicom-web/studies"), content, stop);
            var said = await answer.Content.ReadAsByteArrayAsync(stop);
            if (answer.Content.Headers.ContentType?.MediaType != "application/dicom+json")
            {
                ledger.Break(); // told to come back
                return;
            }

            var outcome = DicomDataset.ParseJson(said);
            foreach (var stored in outcome.GetSequence(DicomTag.ReferencedSOPSequence)) ledger.Success(slices.Single(slice => slice.SopUid == stored.GetString(DicomTag.ReferencedSOPInstanceUID)));
            foreach (var _ in outcome.GetSequence(DicomTag.FailedSOPSequence)) ledger.Refusal();
        }
        catch (HttpRequestException)
        {
            ledger.Break(); // killed
        }
    }

    /// <summary>DCMTK's own sender; its log says of each file what was answered.</summary>
    private async Task StorescuAsync(int port, IReadOnlyList<Slice> slices, CancellationToken stop)
    {
        string[] arguments = ["-v", "-nh", "-aet", "DCMTK", "-aec", "TRIAGE", "127.0.0.1", $"{port}", .. slices.Select(slice => slice.File)];
        var byFile = slices.ToDictionary(slice => slice.File);
        using var process = ExternalTool.Start("storescu", arguments, new Dictionary<string, string> { ["TCP_NODELAY"] = "1" });
        var dots = process.StandardOutput.ReadToEndAsync(stop);
        Slice? current = null;
        while (await process.StandardError.ReadLineAsync(stop) is { } line)
        {
            if (line.StartsWith("I: Sending file: ", StringComparison.Ordinal)) current = byFile[line["I: Sending file: ".Length..]];
            else if (line == "I: Received Store Response (Success)") ledger.Success(current!);
            else if (line.StartsWith("I: Received Store Response", StringComparison.Ordinal)) ledger.Refusal();
        }

        await dots;
        await process.WaitForExitAsync(stop);
        if (process.ExitCode != 0) ledger.Break();
    }
}
