DROP TABLE quarantine, journal_heads, journal, deviation_history, deviations, categories CASCADE;
DROP FUNCTION scrub_history, unused_numbers, guard_visibility, audience_sees, visibilities, may_write, morton_key,
    spread_bits;
