using System.Globalization;

namespace TriageWorker.Testing;

/// <summary>
/// Runs numbered random cases: a fast share always, all of them under <c>./triage test --long</c>. The number of a case is its
/// whole state, so one that fails is run alone by <c>TRIAGE_CASE=4711 ./triage test NAME</c>; its number stands in the message.
/// </summary>
/// <example><c>Fuzz.Cases(fast: 2_000, whole: 100_000, random => Parse(Mutation.Of(sample, random)));</c></example>
public static class Fuzz
{
    private const string Variable = "TRIAGE_CASE";

    /// <exception cref="FuzzCaseException">What a case threw, with its number.</exception>
    public static void Cases(int fast, int whole, Action<Random> check)
    {
        foreach (var number in Numbers(fast, whole))
        {
            try
            {
                check(DiceOf(number));
            }
            catch (Exception fault)
            {
                throw new FuzzCaseException(number, fault);
            }
        }
    }

    /// <inheritdoc cref="Cases"/>
    public static async Task CasesAsync(int fast, int whole, Func<Random, Task> check)
    {
        foreach (var number in Numbers(fast, whole))
        {
            try
            {
                await check(DiceOf(number));
            }
            catch (Exception fault)
            {
                throw new FuzzCaseException(number, fault);
            }
        }
    }

    private static IEnumerable<int> Numbers(int fast, int whole) => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } one
        ? [int.Parse(one, CultureInfo.InvariantCulture)]
        : Enumerable.Range(0, LongRun.IsOn ? whole : fast);

    /// <summary>Neighbouring seeds begin alike in the generator of .NET; an odd factor drives them apart.</summary>
    private static Random DiceOf(int number) => new(unchecked((int)((uint)number * 0x9E37_79B1)));
}

/// <summary>A random case failed; the message says how to run it alone.</summary>
public sealed class FuzzCaseException(int number, Exception fault)
    : Exception($"Case {number} failed; run it alone with TRIAGE_CASE={number}. {fault.GetType().Name}: {fault.Message}", fault)
{
    public int Number { get; } = number;
}
