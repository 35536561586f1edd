namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>What <c>nowcast</c> is asked for.</summary>
/// <param name="Prior">Folder for the models that a host without history begins with; null for own models.</param>
/// <param name="Storms">To learn from; of a prior for each city.</param>
/// <param name="Seed">Of the city that is judged.</param>
/// <param name="Pipes">Pipe stations, of own models.</param>
/// <param name="CalibrationCities">Of a prior: where its interval is calibrated.</param>
/// <param name="KeepsTrees">Of a prior: only the interval is new.</param>
internal sealed record NowcastArguments(string? Prior, int Storms, int Seed, int Pipes, int CalibrationCities, bool KeepsTrees)
{
    /// <summary>Seeds of storms are ten thousand to a city, those of dry weather their second half.</summary>
    private const int StormsMax = 5_000;

    private const int SeedMax = 50_000;

    /// <exception cref="BadArgumentException">Something cannot be read.</exception>
    public static NowcastArguments Of(string[] args)
    {
        var isPrior = args.Contains("--prior");
        var (options, _) = isPrior
            ? Arguments.Split(args, "nowcast --prior", ["--prior", "--storms", "--seed", "--calibration-cities"], ["--keep-trees"], 0)
            : Arguments.Split(args, "nowcast", ["--storms", "--seed", "--pipes"], [], 0);
        int Asked(string name, int standard, int least, int most) => options.TryGetValue(name, out var text) ? Arguments.Whole(text, $"nowcast: {name}", least, most) : standard;
        return new NowcastArguments(
            options.GetValueOrDefault("--prior"), Asked("--storms", isPrior ? 120 : 300, 2, StormsMax), Asked("--seed", 1, 0, SeedMax), Asked("--pipes", 12, 0, 100),
            Asked("--calibration-cities", 4, 0, 100), options.ContainsKey("--keep-trees"));
    }
}
