using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace TriageWorker.Host.Settings;

/// <summary>What options say of themselves in code, read from the documentation files that lie beside the program.</summary>
internal static partial class SettingsDescriptions
{
    private static readonly ConcurrentDictionary<Assembly, Dictionary<string, string>> s_read = [];

    public static string? Of(PropertyInfo property) => Find(property.DeclaringType!.Assembly, $"P:{Name(property.DeclaringType)}.{property.Name}");

    public static string? Of(Type type) => Find(type.Assembly, $"T:{Name(type)}");

    private static string? Find(Assembly assembly, string member) => s_read.GetOrAdd(assembly, Read).GetValueOrDefault(member);

    private static string Name(Type type) => type.FullName!.Replace('+', '.');

    /// <summary>Without its file a type says nothing.</summary>
    private static Dictionary<string, string> Read(Assembly assembly)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{assembly.GetName().Name}.xml");
        if (!assembly.GetName().Name!.StartsWith("triage", StringComparison.OrdinalIgnoreCase) || !File.Exists(file)) return [];
        return XDocument.Load(file).Descendants("member").Where(member => member.Element("summary") is not null)
            .ToDictionary(member => member.Attribute("name")!.Value, member => Text(member.Element("summary")!), StringComparer.Ordinal);
    }

    private static string Text(XElement summary) => Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => (see.Attribute("cref") ?? see.Attribute("langword"))?.Value.Split('.', ':')[^1] ?? see.Value,
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
