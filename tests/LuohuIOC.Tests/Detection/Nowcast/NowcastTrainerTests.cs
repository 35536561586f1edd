using System.IO.Compression;
using System.Text;
using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

public sealed class NowcastTrainerTests
{
    private static readonly NowcastModel Model = NowcastTrainer.Train(SyntheticStorms.Episodes(60, seed: 100), SyntheticStorms.Site, SyntheticStorms.Quick, DateTimeOffset.UnixEpoch).Model!;

    [Fact]
    public void It_forecasts_storms_that_it_has_not_seen_better_than_persistence_and_its_interval_holds()
    {
        var (model, persistence, held, count) = (0.0, 0.0, 0, 0);
        var values = new NowcastValue[2];
        for (var seed = 5000; seed < 5020; seed++)
        {
            var table = SyntheticStorms.Table(seed);
            for (var t = 30; t + 15 < SyntheticStorms.Minutes; t++)
            {
                Assert.True(Model.Forecast(table, SyntheticStorms.Site, t, values));
                var then = table.At(0, t + 15);
                model += Math.Pow(then - values[0].Value, 2);
                persistence += Math.Pow(then - table.At(0, t), 2);
                count++;
                if (then >= values[0].Low && then <= values[0].High) held++;
            }
        }
        Assert.True(model < 0.1 * persistence, $"squared error {model}, persistence {persistence}");
        Assert.InRange((double)held / count, 0.8, 1);
    }

    [Fact]
    public void The_interval_is_calibrated_apart_for_easy_and_hard_minutes()
    {
        foreach (var horizon in Model.Horizons)
        {
            Assert.InRange(horizon.Bands.Length, 2, SyntheticStorms.Quick.Bands);
            Assert.Equal(horizon.Bands.Select(b => b.SpreadMax).Order(), horizon.Bands.Select(b => b.SpreadMax));
            Assert.Equal(double.MaxValue, horizon.Bands[^1].SpreadMax);
        }
    }

    [Fact]
    public void Its_interval_holds_where_the_water_moves_too()
    {
        var (held, count) = (0, 0);
        var values = new NowcastValue[2];
        for (var seed = 5000; seed < 5040; seed++)
        {
            var table = SyntheticStorms.Table(seed);
            for (var t = 30; t + 15 < SyntheticStorms.Minutes; t++)
            {
                if (Math.Abs(table.At(0, t) - table.At(0, t - 10)) < 0.05) continue;
                Assert.True(Model.Forecast(table, SyntheticStorms.Site, t, values));
                count++;
                if (table.At(0, t + 15) is var then && then >= values[0].Low && then <= values[0].High) held++;
            }
        }
        Assert.InRange((double)held / count, 0.8, 1);
    }

    [Fact]
    public void Calibrated_on_other_events_it_says_the_same_value_with_their_errors()
    {
        // Showers of another place: the water stands three times as high.
        var others = SyntheticStorms.Episodes(30, seed: 900).Select(e => e with { Table = Tripled(e.Table) }).ToArray();
        var model = NowcastTrainer.Calibrated(Model, others, [SyntheticStorms.Site], SyntheticStorms.Quick);
        var (before, after) = (new NowcastValue[2], new NowcastValue[2]);
        var (table, held, count) = (Tripled(SyntheticStorms.Table(5001)), 0, 0);
        for (var t = 30; t + 15 < SyntheticStorms.Minutes; t++)
        {
            Assert.True(Model.Forecast(table, SyntheticStorms.Site, t, before) && model.Forecast(table, SyntheticStorms.Site, t, after));
            Assert.Equal(before[0].Value, after[0].Value);
            count++;
            if (table.At(0, t + 15) is var then && then >= after[0].Low && then <= after[0].High) held++;
        }
        Assert.InRange((double)held / count, 0.75, 1);
        Assert.Throws<ArgumentException>(() => NowcastTrainer.Calibrated(Model, others, [SyntheticStorms.Site with { Upstream = [] }], SyntheticStorms.Quick));
    }

    [Fact]
    public void A_stored_file_of_format_2_reads_as_it_always_did()
    {
        // One leaf a tree: 5 cm more than now, and an error of 2 cm; as hosts have stored them since format 2.
        var names = string.Join(',', NowcastFeatures.Names(SyntheticStorms.Site).Select(n => $"\"{n}\""));
        var zeros = string.Join(',', NowcastFeatures.Names(SyntheticStorms.Site).Select(_ => "0"));
        static string Tree(string leaf) => $$"""{"bias":0,"trees":[{"features":[],"thresholds":[],"left":[],"right":[],"leaves":[{{leaf}}]}]}""";
        var file = $$$"""
            {"format":2,"model":{"trainedAt":"2026-11-22T00:00:00+00:00","episodes":20,"rows":900,"features":[{{{names}}}],"typical":[{{{zeros}}}],"spreadMin":0.002,
            "horizons":[{"minutes":15,"change":{{{Tree("0.05")}}},"spread":{{{Tree("0.02")}}},
            "bands":[{"spreadMax":0.01,"lowFactor":-9,"highFactor":9},{"spreadMax":1.7976931348623157E+308,"lowFactor":-2,"highFactor":3}],"efficiency":0.9,"persistenceEfficiency":0.5}]}}
            """;
        var table = SyntheticStorms.Table(8);
        var values = new NowcastValue[1];
        Assert.True(NowcastModelFile.Read(Encoding.UTF8.GetBytes(file)).Forecast(table, SyntheticStorms.Site, 100, values));
        var now = table.At(0, 100);
        Assert.Equal(15, values[0].Minutes);
        Assert.Equal(now + 0.05, values[0].Value, 1e-5);
        Assert.Equal(now + 0.01, values[0].Low, 1e-5);
        Assert.Equal(now + 0.11, values[0].High, 1e-5);
    }

    [Fact]
    public void A_forecast_does_not_look_ahead()
    {
        var (whole, cut) = (SyntheticStorms.Table(7), SyntheticStorms.Table(7, minutes: 121));
        var (one, other) = (new NowcastValue[2], new NowcastValue[2]);
        Assert.True(Model.Forecast(whole, SyntheticStorms.Site, 120, one));
        Assert.True(Model.Forecast(cut, SyntheticStorms.Site, 120, other));
        Assert.Equal(one, other);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Nothing_is_guessed_when_the_station_or_the_rain_is_silent(int silent)
    {
        var table = Silenced(silent);
        Assert.False(Model.Forecast(table, SyntheticStorms.Site, 120, new NowcastValue[2]));
    }

    [Fact]
    public void A_silent_neighbour_does_not_end_the_forecast()
    {
        var values = new NowcastValue[2];
        Assert.True(Model.Forecast(Silenced(1), SyntheticStorms.Site, 120, values));
        Assert.All(values, v => Assert.True(v.Low <= v.Value && v.Value <= v.High && double.IsFinite(v.High)));
    }

    [Fact]
    public void Too_few_rain_events_train_nothing()
    {
        var training = NowcastTrainer.Train(SyntheticStorms.Episodes(19, seed: 1), SyntheticStorms.Site, SyntheticStorms.Quick, DateTimeOffset.UnixEpoch);
        Assert.Null(training.Model);
        Assert.Equal(19, training.Episodes);
    }

    [Fact]
    public void A_model_fits_only_the_neighbours_it_was_trained_with()
    {
        Assert.True(Model.Fits(SyntheticStorms.Site));
        Assert.False(Model.Fits(SyntheticStorms.Site with { Upstream = [] }));
    }

    [Fact]
    public void A_stored_model_forecasts_the_same()
    {
        var read = NowcastModelFile.Read(NowcastModelFile.Write(Model));
        var (one, other) = (new NowcastValue[2], new NowcastValue[2]);
        Assert.True(Model.Forecast(SyntheticStorms.Table(8), SyntheticStorms.Site, 100, one));
        Assert.True(read.Forecast(SyntheticStorms.Table(8), SyntheticStorms.Site, 100, other));
        Assert.Equal(one, other);
    }

    [Theory]
    [InlineData("\"format\":2", "\"format\":3", "format 3")]
    [InlineData("\"format\":2", "\"format\":1", "format 1")]
    [InlineData("\"spreadMax\":1.7976931348623157E+308", "\"spreadMax\":1", "no band")]
    [InlineData("\"features\":[\"own\",", "\"features\":[", "medians differ")]
    [InlineData("\"left\":[1,", "\"left\":[0,", "broken tree")]
    [InlineData("{\"format\"", "{\"format", "not a model file")]
    public void A_damaged_or_newer_file_is_refused_by_name(string part, string becomes, string named)
    {
        var text = Unpacked(NowcastModelFile.Write(Model));
        Assert.Contains(part, text);
        var error = Assert.Throws<InvalidDataException>(() => NowcastModelFile.Read(Encoding.UTF8.GetBytes(text.Replace(part, becomes))));
        Assert.Contains(named, error.Message);
    }

    [Fact]
    public void A_packed_file_that_is_cut_off_is_refused()
    {
        var file = NowcastModelFile.Write(Model);
        Assert.Throws<InvalidDataException>(() => NowcastModelFile.Read(file.AsSpan(0, file.Length / 2)));
    }

    [Fact]
    public void One_model_of_several_stations_forecasts_each_of_them()
    {
        // The other one lacks the station upstream: its place in the row is always empty.
        NowcastSite[] sites = [SyntheticStorms.Site.Padded(), (SyntheticStorms.Site with { Upstream = [] }).Padded()];
        var model = NowcastTrainer.Train(SyntheticStorms.Episodes(60, seed: 100), sites, SyntheticStorms.Quick, DateTimeOffset.UnixEpoch).Model!;
        foreach (var site in sites)
        {
            Assert.True(model.Fits(site));
            var score = NowcastScore.Judge(model, site, SyntheticStorms.Episodes(20, seed: 5000), 0.3)[0];
            Assert.True(score.Efficiency > 0.8 && score.Efficiency > score.PersistenceEfficiency, $"{score}");
            Assert.InRange(score.Coverage, 0.8, 1);
        }
        Assert.Throws<ArgumentException>(() => NowcastTrainer.Train(SyntheticStorms.Episodes(60, seed: 100), [SyntheticStorms.Site, sites[0]], SyntheticStorms.Quick, DateTimeOffset.UnixEpoch));
    }

    private static MinuteTable Tripled(MinuteTable from)
    {
        var table = new MinuteTable(3, SyntheticStorms.Minutes);
        for (var t = 0; t < from.Count; t++) table.Append([3 * from.At(0, t), 3 * from.At(1, t), from.At(2, t)]);
        return table;
    }

    private static string Unpacked(byte[] file)
    {
        using var packed = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var reader = new StreamReader(packed);
        return reader.ReadToEnd();
    }

    private static MinuteTable Silenced(int column)
    {
        var from = SyntheticStorms.Table(9);
        var table = new MinuteTable(3, SyntheticStorms.Minutes);
        for (var t = 0; t <= 120; t++)
        {
            double[] row = [from.At(0, t), from.At(1, t), from.At(2, t)];
            row[column] = double.NaN;
            table.Append(row);
        }
        return table;
    }
}
