using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Host.Prompts;

/// <summary>Banks of sentences as files that people name.</summary>
internal static class BankFiles
{
    private const string Shape =
        "A plain list of prompts is read as JSON: { \"free_air\": { \"positive\": [\"…\"], \"negative\": [\"…\"] }, … }, or [[…], […]] with those for it first. "
        + "Python is never run here: save its dictionary with python3 -c \"import json, FILE; print(json.dumps(FILE.NAME))\".";

    /// <summary>The product's own sentences for Merlin.</summary>
    public static string Shipped => Path.Combine(Home.Models, "prompts", "merlin.json");

    /// <summary>Reads a bank, or a plain list of prompts, which then gets the keys and codes of the product's own bank.</summary>
    /// <exception cref="UserFault">It cannot be used; everything that is wrong is said.</exception>
    public static PromptBank Read(string file)
    {
        if (!File.Exists(file)) throw new UserFault($"There is no prompt bank {file}.");
        if (Path.GetExtension(file).Equals(".py", StringComparison.OrdinalIgnoreCase)) throw new UserFault($"{file} is Python. {Shape}");
        var known = File.Exists(Shipped) ? Bank(Shipped, known: null) : null;
        return Bank(file, known);
    }

    /// <exception cref="UserFault">It cannot be used.</exception>
    public static ModelPackage Package(DirectoryInfo folder)
    {
        try
        {
            return ModelPackage.Load(folder.FullName);
        }
        catch (ModelPackageException fault)
        {
            throw new UserFault(fault.Message, fault);
        }
    }

    private static PromptBank Bank(string file, PromptBank? known)
    {
        try
        {
            return PromptBank.Parse(File.ReadAllBytes(file), file, known);
        }
        catch (PromptBankException fault)
        {
            throw new UserFault($"The prompt bank {file} cannot be used:{string.Concat(fault.Faults.Select(each => $"\n  {each}"))}", fault);
        }
    }
}
