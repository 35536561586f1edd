namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// Ends of the interval in bands by the size of the error to be expected (Mondrian conformal prediction, Vovk et al. 2003), so that the few
/// hard minutes are not judged by the many easy ones. In each band the interval holds its share of all rows and, beyond that, of those that
/// were or became wet (conformal prediction conditional on the label, same source), of which most bands have few: an interval that holds 90 %
/// of all minutes may miss every flood. No end lies further out than so rare a row of the whole band, because where hardly any minute becomes
/// wet the wet ones would make it useless.
/// </summary>
internal static class NowcastBands
{
    /// <param name="judged">Rows that the trees have not seen: expected size of the error, error, whether it was or became wet. Sorted here.</param>
    /// <param name="options">Shares and sizes.</param>
    public static NowcastBand[] Of((double Spread, double Error, bool IsWet)[] judged, NowcastOptions options)
    {
        Array.Sort(judged, (a, b) => a.Spread.CompareTo(b.Spread));
        // No band has more than its share of the rows, nor of the wet ones, which crowd at its upper end.
        var rowsEach = Math.Max(judged.Length / options.Bands, options.RowsPerBandMin);
        var wetEach = Math.Max(judged.Count(j => j.IsWet) / options.Bands, options.WetRowsPerBandMin);
        var bands = new List<NowcastBand>();
        var (from, wet) = (0, 0);
        for (var i = 0; i < judged.Length; i++)
        {
            if (judged[i].IsWet) wet++;
            var left = judged.Length - 1 - i;
            // Rows of one spread stay in one band, and the last band takes a rest that would be too small.
            if (left > 0 && (judged[i + 1].Spread <= judged[i].Spread || left < Math.Min(rowsEach, wetEach) || (i + 1 - from < rowsEach && wet < wetEach))) continue;
            bands.Add(Band(judged.AsSpan(from..(i + 1)), left == 0 ? double.MaxValue : judged[i].Spread, options));
            (from, wet) = (i + 1, 0);
        }
        return [.. bands];
    }

    private static NowcastBand Band(ReadOnlySpan<(double Spread, double Error, bool IsWet)> rows, double spreadMax, NowcastOptions options)
    {
        var (all, wet) = (new List<double>(rows.Length), new List<double>());
        foreach (var (spread, error, isWet) in rows)
        {
            all.Add(error / spread);
            if (isWet) wet.Add(error / spread);
        }
        double[] sorted = [.. all.Order()];
        var outside = (1 - options.Coverage) / 2;
        var (low, high) = (Quantiles.OfSorted(sorted, outside), Quantiles.OfSorted(sorted, 1 - outside));
        if (wet.Count < options.WetRowsMin) return new NowcastBand(spreadMax, low, high);
        double[] sortedWet = [.. wet.Order()];
        var outsideWet = (1 - options.WetCoverage) / 2;
        return new NowcastBand(
            spreadMax,
            Math.Min(low, Math.Max(Quantiles.OfSorted(sortedWet, outsideWet), Quantiles.OfSorted(sorted, options.RareShare))),
            Math.Max(high, Math.Min(Quantiles.OfSorted(sortedWet, 1 - outsideWet), Quantiles.OfSorted(sorted, 1 - options.RareShare))));
    }
}
