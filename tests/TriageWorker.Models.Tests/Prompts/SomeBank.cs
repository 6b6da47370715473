using System.Text;
using System.Text.Json.Nodes;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Models.Tests.Prompts;

/// <summary>Banks of a few sentences.</summary>
internal static class SomeBank
{
    public static PromptBank Of(params (string Key, string[] Positive, string[] Negative)[] findings) => PromptBank.Parse(Encoding.UTF8.GetBytes(Json(findings)), "some.json");

    public static string Json(params (string Key, string[] Positive, string[] Negative)[] findings) => new JsonObject
    {
        ["schema"] = 1,
        ["id"] = "some",
        ["version"] = "1",
        ["language"] = "en",
        ["findings"] = new JsonArray([.. findings.Select(each => (JsonNode)new JsonObject
        {
            ["key"] = each.Key,
            ["label"] = each.Key,
            ["code"] = new JsonObject { ["value"] = each.Key, ["scheme"] = "99TRIAGE", ["meaning"] = each.Key },
            ["positive"] = new JsonArray([.. each.Positive.Select(sentence => (JsonNode)sentence)]),
            ["negative"] = new JsonArray([.. each.Negative.Select(sentence => (JsonNode)sentence)]),
        })]),
    }.ToJsonString();
}
