-- purpose:    What is wrong with the config of a backtest, as a sentence; null when nothing is.
--             symbols           1 to 100 different names of 1 to 32 characters
--             start_on          first day, like 2024-01-31, in the years 1900 to 2099
--             end_on            last day, not before the first
--             timeframe         optional: 1m, 5m, 15m, 1h, 4h or 1d
--             initial_capital   optional: above 0, at most 1e12
--             fee_percent       optional: 0 to 10, of what a trade is worth
--             slippage_percent  optional: 0 to 10, of the price
--             parameters        optional: an object, the strategy's own business
--             Nothing else: a misspelt key would be a setting that silently is not there.
-- security:   invoker; looks at its argument only.
-- complexity: O(length), and no more than 16 kB are looked into; no table. PL/pgSQL, because the
--             expressions are then planned, and their patterns compiled, once a session and not in
--             every call: docs/decisions/0007-bodies-in-plpgsql-or-sql.md.
-- callers:    public.create_backtest_job().
-- order:      the first fault counts, so a rule may rely on those above it. A rule that cannot be
--             decided is broken.

create or replace function internal.find_config_fault(p_config jsonb)
returns text
language plpgsql
immutable
security invoker
set search_path = ''
as $$
declare
    v_fault pg_catalog.text := case
        when octet_length(p_config::pg_catalog.text) > 16384
            then 'It is longer than 16384 bytes.'
        when jsonb_path_match(p_config, '$.type() == "object"', '{}', true) is not true
            then 'It is not an object.'
        when jsonb_path_match(
            p_config,
            '!exists($.keyvalue() ? (!(@.key like_regex "^(symbols|start_on|end_on|timeframe'
            '|initial_capital|fee_percent|slippage_percent|parameters)$")))',
            '{}',
            true
        ) is not true
            then 'It has a key that no backtest knows.'
        when jsonb_path_match(
            p_config,
            '$.symbols.type() == "array" && $.symbols.size() >= 1 && $.symbols.size() <= 100',
            '{}',
            true
        ) is not true
            then 'symbols is not a list of 1 to 100.'
        when jsonb_path_match(
            p_config,
            -- strict: a list within the list is not taken for what it holds.
            'strict !exists($.symbols[*]'
            ' ? (!(@.type() == "string" && @ like_regex "^.{1,32}$" flag "s")))',
            '{}',
            true
        ) is not true
            then 'symbols holds something else than names of 1 to 32 characters.'
        when jsonb_path_match(
            p_config,
            '$.start_on.type() == "string"'
            ' && $.start_on like_regex "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"'
            ' && exists($.start_on.datetime("YYYY-MM-DD"))',
            '{}',
            true
        ) is not true
            then 'start_on is not a day like 2024-01-31 in the years 1900 to 2099.'
        when jsonb_path_match(
            p_config,
            '$.end_on.type() == "string"'
            ' && $.end_on like_regex "^(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"'
            ' && exists($.end_on.datetime("YYYY-MM-DD"))',
            '{}',
            true
        ) is not true
            then 'end_on is not a day like 2024-01-31 in the years 1900 to 2099.'
        when jsonb_path_match(
            p_config,
            '$.start_on.datetime("YYYY-MM-DD") <= $.end_on.datetime("YYYY-MM-DD")',
            '{}',
            true
        ) is not true
            then 'end_on is before start_on.'
        when jsonb_path_match(
            p_config,
            '!exists($.timeframe) || $.timeframe.type() == "string"'
            ' && $.timeframe like_regex "^(1m|5m|15m|1h|4h|1d)$"',
            '{}',
            true
        ) is not true
            then 'timeframe is none of 1m, 5m, 15m, 1h, 4h and 1d.'
        when jsonb_path_match(
            p_config,
            '!exists($.initial_capital) || $.initial_capital.type() == "number"'
            ' && $.initial_capital > 0 && $.initial_capital <= 1000000000000',
            '{}',
            true
        ) is not true
            then 'initial_capital is not a number above 0 and up to 1e12.'
        when jsonb_path_match(
            p_config,
            '!exists($.fee_percent) || $.fee_percent.type() == "number"'
            ' && $.fee_percent >= 0 && $.fee_percent <= 10',
            '{}',
            true
        ) is not true
            then 'fee_percent is not a number from 0 to 10.'
        when jsonb_path_match(
            p_config,
            '!exists($.slippage_percent) || $.slippage_percent.type() == "number"'
            ' && $.slippage_percent >= 0 && $.slippage_percent <= 10',
            '{}',
            true
        ) is not true
            then 'slippage_percent is not a number from 0 to 10.'
        when jsonb_path_match(
            p_config,
            '!exists($.parameters) || $.parameters.type() == "object"',
            '{}',
            true
        ) is not true
            then 'parameters is not an object.'
    end;
begin
    -- One symbol is not there twice; and a list without a fault so far is a list.
    if v_fault is null and jsonb_array_length(p_config -> 'symbols') > 1 then
        select 'symbols names one of them twice.'
        into v_fault
        from jsonb_array_elements(p_config -> 'symbols') as entries (symbol)
        having count(entries.symbol) > count(distinct entries.symbol);
    end if;
    return v_fault;
end;
$$;

revoke all on function internal.find_config_fault(jsonb)
from public, anon, authenticated, service_role;
grant execute on function internal.find_config_fault(jsonb) to hephaitos_api;

comment on function internal.find_config_fault(jsonb) is
'What is wrong with the config of a backtest, as a sentence; null when nothing is.';
