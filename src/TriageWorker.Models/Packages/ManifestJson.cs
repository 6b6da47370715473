using System.Text.Json.Serialization;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Packages;

/// <summary>
/// An unknown key is a fault, and so are one that stands twice, a number for a word and a null where something must be: in a file that says what may be done with a patient's
/// images, a typing error must not pass.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false,
    RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true,
    Converters = [typeof(WordsOnly<OutputKind>), typeof(WordsOnly<Activation>), typeof(WordsOnly<Interpolation>), typeof(WordsOnly<TensorFit>), typeof(WordsOnly<ExecutionProvider>)])]
[JsonSerializable(typeof(ManifestDocument))]
[JsonSerializable(typeof(GoldenRecord))]
[JsonSerializable(typeof(TextGolden))]
internal sealed partial class ManifestJson : JsonSerializerContext;

/// <summary>The names of an enumeration; .NET takes any number for one too, and -1 would be a value that nobody has heard of.</summary>
internal sealed class WordsOnly<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;
