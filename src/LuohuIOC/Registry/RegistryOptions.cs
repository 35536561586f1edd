using LuohuIOC.Registry.District;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Registry;

/// <summary>Which sensors an empty registry begins with.</summary>
public enum DistrictChoice
{
    /// <summary>None: the first import or auto-registration brings them.</summary>
    Empty,

    /// <summary>The whole district at synthetic positions, 5,768 sensors.</summary>
    Luohu,
}

/// <summary>Configuration section <c>Registry</c>. Its <c>AutoRegister</c> is read by Ingestion, which decides about unknown sensors.</summary>
public sealed class RegistryOptions
{
    public const string Section = "Registry";

    /// <summary>Looked at only while the registry is empty.</summary>
    public DistrictChoice District { get; set; } = DistrictChoice.Luohu;

    /// <summary>Other numbers of sensors for the default district, by the kind's wire name, for example <c>Registry:Counts:parking=95000</c>.</summary>
    public Dictionary<string, int> Counts { get; } = [];

    /// <summary>Most sensors ever; beyond it imports refuse rows and auto-registration refuses sensors. One sensor takes about 500 bytes.</summary>
    public int SensorsMax { get; set; } = 1_000_000;

    /// <summary>Longest import file in bytes; a longer one is answered with 413.</summary>
    public long ImportBytesMax { get; set; } = 64L << 20;

    /// <summary>How long an auto-registered sensor may stay in memory only. A crash before loses it, and its journal entries bring it back.</summary>
    public TimeSpan FlushEvery { get; set; } = TimeSpan.FromMilliseconds(250);
}

internal sealed class RegistryOptionsCheck : IValidateOptions<RegistryOptions>
{
    public ValidateOptionsResult Validate(string? name, RegistryOptions options)
    {
        if (options.SensorsMax < 1) return ValidateOptionsResult.Fail("Registry:SensorsMax must be at least 1.");
        if (options.ImportBytesMax < 1) return ValidateOptionsResult.Fail("Registry:ImportBytesMax must be at least 1.");
        if (options.FlushEvery < TimeSpan.FromMilliseconds(1)) return ValidateOptionsResult.Fail("Registry:FlushEvery must be at least 00:00:00.001.");
        foreach (var (kind, count) in options.Counts)
        {
            if (!DistrictPlan.Load().Kinds.Any(k => k.Kind == kind && k.Prefix is not null))
                return ValidateOptionsResult.Fail($"Registry:Counts:{kind}: not a kind of sensor, or one whose stations are listed one by one.");
            if (count < 0 || count > options.SensorsMax)
                return ValidateOptionsResult.Fail($"Registry:Counts:{kind} must be from 0 to Registry:SensorsMax ({options.SensorsMax}).");
        }
        return ValidateOptionsResult.Success;
    }
}
