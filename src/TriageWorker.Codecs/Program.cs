using System.Text.Json;
using TriageWorker.Codecs;

if (args is not ["--probe"])
{
    await Console.Error.WriteLineAsync("Usage: triage-codecs --probe    says as JSON which compressed pixels can be decoded here");
    return 2;
}

Console.WriteLine(JsonSerializer.Serialize(Gdcm.Probe(), ProbeJson.Default.ProbeReport));
return 0;
