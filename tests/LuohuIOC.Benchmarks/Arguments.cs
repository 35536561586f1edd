using System.Globalization;
using System.Numerics;

namespace LuohuIOC.Benchmarks;

/// <summary>An argument that a benchmark cannot take. The message is the sentence that the caller is told; the exit code is 2.</summary>
internal sealed class BadArgumentException(string message) : Exception(message);

/// <summary>Reads arguments. What cannot be read is a <see cref="BadArgumentException"/> that names it and says what is wanted.</summary>
internal static class Arguments
{
    /// <summary>A whole number within bounds.</summary>
    public static int Whole(string text, string name, int least, int most = int.MaxValue) => Whole<int>(text, name, least, most);

    /// <summary>A whole number that may be a large one.</summary>
    public static T Whole<T>(string text, string name, T least, T most)
        where T : struct, IBinaryInteger<T>, IMinMaxValue<T> =>
        T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new BadArgumentException($"{name} wants a whole number {(most == T.MaxValue ? FormattableString.Invariant($"from {least} on") : FormattableString.Invariant($"from {least} to {most}"))}, not '{text}'.");

    /// <summary>A number that is not infinite, within bounds.</summary>
    public static double Number(string text, string name, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
            : throw new BadArgumentException($"{name} wants a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}, not '{text}'.");

    /// <summary>One of an enumeration's words, in whichever case.</summary>
    public static T Word<T>(string text, string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(text, ignoreCase: true, out var word) && Enum.IsDefined(word) && !char.IsAsciiDigit(text[0]) ? word
            : throw new BadArgumentException($"{name} wants one of {string.Join(", ", Enum.GetNames<T>())}, not '{text}'.");

    /// <summary>Splits off options; what is left are the others, in their order.</summary>
    /// <param name="args">Of one benchmark, without its name.</param>
    /// <param name="bench">The benchmark's name.</param>
    /// <param name="valued">Options with a value behind them.</param>
    /// <param name="flags">Options without.</param>
    /// <param name="othersMax">So many others it takes.</param>
    public static (Dictionary<string, string> Options, string[] Others) Split(string[] args, string bench, string[] valued, string[] flags, int othersMax)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var others = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            if (flags.Contains(args[i])) options[args[i]] = "";
            else if (valued.Contains(args[i])) options[args[i]] = ++i < args.Length ? args[i] : throw new BadArgumentException($"{bench}: {args[i - 1]} wants a value behind it.");
            else if (args[i].StartsWith("--", StringComparison.Ordinal)) throw new BadArgumentException($"{bench} has no option '{args[i]}'; it has {string.Join(", ", valued.Concat(flags).DefaultIfEmpty("none"))}.");
            else others.Add(args[i]);
        }
        AtMost([.. others], bench, othersMax);
        return (options, [.. others]);
    }

    /// <summary>What is given behind them would be ignored.</summary>
    public static void AtMost(string[] args, string bench, int most)
    {
        if (args.Length > most) throw new BadArgumentException($"{bench} takes {(most == 0 ? "no arguments" : $"{most} at most")}, and does not know what '{args[most]}' is for.");
    }
}
